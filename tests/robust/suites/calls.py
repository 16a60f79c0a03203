"""Recursion without end, through every protocol that calls Python code, and through library code."""
import abc
import ast
import builtins
import collections
import contextlib
import copy
import enum
import functools
import gc
import importlib
import inspect
import io
import itertools
import json
import operator
import pickle
import re
import string
import sys
import traceback
import types
import typing
import unittest.mock
import warnings
import weakref

# What the special method does again, in terms of `s` (self) and `o` (its argument).
AGAIN = {
    '__repr__': 'repr(s)', '__str__': 'str(s)', '__format__': 'format(s, o)', '__bytes__': 'bytes(s)', '__hash__': 'hash(s)',
    '__bool__': 'bool(s)', '__len__': 'len(s)', '__length_hint__': '__import__("operator").length_hint(s)',
    '__iter__': 'iter(s)', '__next__': 'next(s)', '__reversed__': 'reversed(s)', '__contains__': 'o in s', '__call__': 's()',
    '__getitem__': 's[o]', '__setitem__': 's.__class__.__setitem__(s, o, o) or exec("s[o] = o", dict(s=s, o=o))',
    '__delitem__': 'exec("del s[o]", dict(s=s, o=o))', '__missing__': 's.__getitem__(o)', '__index__': '[1][s]',
    '__int__': 'int(s)', '__float__': 'float(s)', '__complex__': 'complex(s)', '__trunc__': 'int(s)', '__round__': 'round(s)',
    '__floor__': '__import__("math").floor(s)', '__ceil__': '__import__("math").ceil(s)', '__neg__': '-s', '__pos__': '+s',
    '__invert__': '~s', '__abs__': 'abs(s)', '__add__': 's + o', '__radd__': 'o + s', '__iadd__': '__import__("operator").iadd(s, o)',
    '__sub__': 's - o', '__mul__': 's * o', '__matmul__': 's @ o', '__truediv__': 's / o', '__floordiv__': 's // o', '__mod__': 's % o',
    '__divmod__': 'divmod(s, o)', '__pow__': 's ** o', '__lshift__': 's << o', '__rshift__': 's >> o', '__and__': 's & o',
    '__or__': 's | o', '__xor__': 's ^ o', '__eq__': 's == o', '__ne__': 's != o', '__lt__': 's < o', '__le__': 's <= o',
    '__gt__': 's > o', '__ge__': 's >= o', '__getattr__': 'getattr(s, "x")', '__getattribute__': 'getattr(s, o)',
    '__setattr__': 'setattr(s, o, o)', '__delattr__': 'delattr(s, o)', '__dir__': 'dir(s)', '__enter__': 'exec("with s: pass", dict(s=s))',
    '__exit__': 'exec("with s: pass", dict(s=s))', '__await__': '(lambda c: c.send(None))(waits(s))', '__aiter__': 'iterates(s).send(None)',
    '__fspath__': '__import__("os").fspath(s)', '__reduce__': 'pickle.dumps(s)', '__reduce_ex__': 'pickle.dumps(s)',
    '__copy__': 'copy.copy(s)', '__deepcopy__': 'copy.deepcopy(s)', '__getstate__': 'pickle.dumps(s)', '__sizeof__': 'sys.getsizeof(s)',
    '__init__': 'type(s)()', '__new__': 's()', '__del__': 'type(s)()', '__mro_entries__': 'type(s).make(s)',
    '__set_name__': 'type("C", (), {"a": s})', '__get__': 'type("C", (), {"a": s})().a', '__set__': 'setattr(type("C", (), {"a": s})(), "a", 1)',
    '__delete__': 'delattr(type("C", (), {"a": s})(), "a")', '__class_getitem__': 's[o]', '__init_subclass__': 'type("C", (s,), {})',
}
HELPERS = '''
async def waits(s):
    return await s


async def iterates(s):
    async for _ in s:
        pass
'''
USES = {
    '__eq__': ['[s] == [s.__class__()]', 's in [1, s.__class__()]', '{s.__class__(): 1}', '(s,) < (s.__class__(),)', '[s.__class__()].index(s)',
               'collections.deque([s.__class__()]).count(s)', '[s.__class__()].remove(s)', 'operator.countOf([1], s)'],
    '__lt__': ['sorted([s, s.__class__()])', 'min(s, s.__class__())', '__import__("heapq").heappush([s, s], s)',
               '__import__("bisect").bisect([s], s)'],
    '__hash__': ['{s: 1}', '{s}', 'hash((s,))', 'hash(frozenset([1])) or {1: 1}.get(s)', 'hash(slice) or s in {1}', 'lru(s)',
                 'hash(types.MethodType(print, s))', 'hash(functools.partial) or hash(types.GenericAlias(list, (s,)))', 'weakref.ref(s).__hash__()'],
    '__repr__': ['str([s])', 'f"{s!r}"', '"%r" % (s,)', 'repr({s.__class__: s})', 'repr(collections.deque([s]))', 'repr(types.SimpleNamespace(a=s))',
                 'repr(functools.partial(print, s))', 'repr(slice(s))', 'repr(ValueError(s))', 'repr(itertools.count(s))', 'ascii((s,))',
                 'traceback.format_exception(ValueError(s))', 'repr(collections.OrderedDict(a=s))', 'repr(types.MethodType(print, s))',
                 'repr(itertools.repeat(s))', 'repr(types.MappingProxyType(dict(a=s)))', 'repr({1: s}.values())', 'repr({s.__class__(): 1}.keys())'],
    '__iter__': ['list(s)', '[*s]', 'dict(s)', 'a, b = s', 'sum(s)', '"".join(s)', 'map(int, s)', 'bytes(s)', 'itertools.chain(s).__next__()',
                 '[].extend(s)', 'set(s)', 'max(s)', 'zip(s)', 'enumerate(s)', 'print(*s)', '1 in s'],
    '__next__': ['list(s)', 'list(map(int, s))', 'list(zip(s))', 'list(itertools.chain(s))', 'list(itertools.islice(s, 3))', 'for _ in s: pass'],
    '__index__': ['range(s)', 'bytes(s)', '[1] * s', '[][s:s]', 'hex(s)', 'chr(s)', '"a".center(s)', 'round(1.5, s)', 'int("1", s)', 'pow(2, s, s)'],
    '__len__': ['bool(s)', 'list(s)'], '__call__': ['list(map(s, [1]))', 'sorted([1, 2], key=s)', 'functools.reduce(s, [1, 2])', 'list(iter(s, 1))',
                                                  'functools.partial(s)()', 're.sub("a", s, "a")', 'weakref.finalize(s, s)()'],
    '__getattribute__': ['s.x', 's.__class__', 'hasattr(s, "x")', 'isinstance(s, int)', 'dir(s)', 'vars(s)', 'copy.copy(s)', 'pickle.dumps(s)',
                         'inspect.signature(s)', 'issubclass(s, int)', 'with_(s)'],
    '__getattr__': ['s.x', 'isinstance(1, s)', 'issubclass(int, s)', 'print(file=s)', 'object.__dir__(s)', 'operator.attrgetter("a.b")(s)'],
    '__setattr__': ['s.x = 1'], '__delattr__': ['del s.x'], '__mro_entries__': ['s.__class__.make(s)'], '__get__': ['type("C", (), {"a": s}).a'],
    '__missing__': ['s[1]'], '__new__': ['s.__class__()'], '__init__': ['s.__class__()'], '__del__': ['s.__class__()'],
    '__class_getitem__': ['s.__class__[1]'], '__init_subclass__': ['type("C", (s.__class__,), {})'], '__getitem__': ['list(s)', '1 in s', 's[0:1]',
                                                                                                              'list(reversed(s))', '"%(a)s" % s'],
    '__fspath__': ['open(s)', 'os.stat(s)'], '__format__': ['f"{s}"', '"{}".format(s)', '"{:{}}".format(1, s)'],
    '__bool__': ['not s', 'all([s])', 'list(filter(None, [s]))', 's and s', 'assert_(s)'], '__enter__': ['with_(s)'], '__exit__': ['with_(s)'],
    '__length_hint__': ['list(s)', 'bytearray().extend(s)'], '__str__': ['print(s)', '"%s" % s', 'str(ValueError(s))', 'sys.excepthook(E, E(s), None)'],
}
NAMESPACE = {module.__name__: module for module in (
    abc, ast, builtins, collections, copy, functools, gc, inspect, io, itertools, json, operator, pickle, re, sys, traceback, types, weakref)}


def looping(special):
    """A class whose method SPECIAL calls itself, by way of the interpreter."""
    space = dict(NAMESPACE, os=importlib.import_module('os'), lru=functools.lru_cache(id), E=ValueError)
    base = 'dict' if special == '__missing__' else 'object'
    source = (f'{HELPERS}\ndef with_(s):\n with s: pass\ndef assert_(s):\n assert s\nclass C({base}):\n'
              f' make = lambda s: __import__("types").new_class("N", (s,))\n'
              f' def {special}(s, o=None, *more): return {AGAIN[special]}\n')
    if special == '__next__':
        source += ' def __iter__(s): return s\n'
    if special == '__eq__':
        source += ' def __hash__(s): return 1\n'
    if special in ('__enter__', '__exit__'):
        other = '__exit__' if special == '__enter__' else '__enter__'
        source += f' def {other}(s, *a): pass\n'
    if special in ('__getitem__', '__length_hint__'):
        source += ' def __len__(s): return 5\n' if special == '__getitem__' else ' def __iter__(s): return iter([])\n'
    exec(source, space)
    return space


def protocol_cases():
    for special in AGAIN:
        space = looping(special)
        statement = AGAIN[special]
        uses = USES.get(special, []) + ([statement] if special not in ('__new__', '__init__', '__del__', '__init_subclass__', '__class_getitem__') else [])
        for use in uses:
            def run(use=use, space=space):
                exec(use, dict(space, s=space['C'](), o=space['C']() if special not in ('__getattribute__', '__setattr__', '__delattr__') else 'x'))
            yield f'{special} by {use}', run


class InstanceCheck(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, cls)


class SubclassCheck(type):
    def __subclasscheck__(cls, other):
        return issubclass(other, cls)


class MetaCall(type):
    def __call__(cls):
        return cls()


class MetaPrepare(type):
    @classmethod
    def __prepare__(meta, name, bases):
        return meta('C', (), meta.__prepare__(name, bases))


class MetaRepr(type):
    def __repr__(cls):
        return f'{cls}'


class MetaMro(type):
    def mro(cls):
        return type(cls)('C', (), {}).__mro__


class HookAbc(abc.ABC):
    @classmethod
    def __subclasshook__(cls, other):
        return issubclass(other, cls)


class ClassProperty:
    @property
    def __class__(self):
        return isinstance(self, int) and int


class DictProperty:
    @property
    def __dict__(self):
        return vars(self)


class BasesProperty:
    @property
    def __bases__(self):
        return BasesProperty(), BasesProperty()


class TheirBases:
    def __init__(self, depth):
        self.depth = depth

    @property
    def __bases__(self):
        return TheirBases(self.depth + 1), TheirBases(0)


def function():
    function()


def through_map(x=1):
    return list(map(through_map, [x]))


def through_sort(x=1):
    return sorted([x, x], key=through_sort)


def through_reduce(x=1, y=1):
    return functools.reduce(through_reduce, [x, y])


def through_exec():
    exec('again()', {'again': through_exec})


def through_eval():
    return eval('again()', {'again': through_eval})


def through_partial():
    return functools.partial(through_partial)()


def through_generator():
    yield from through_generator()


def through_for():
    for x in through_for():
        yield x


async def through_await():
    await through_await()


async def through_async_for():
    async for x in through_async_for():
        yield x


def through_re(match=None):
    return re.sub('a', through_re, 'a')


def through_import(name='x', *a):
    builtins.__import__ = through_import
    import nothing_of_this_name


def through_codec(name='x'):
    return 'a'.encode('nothing-' + str(len(name)))


def through_hook(*a):
    sys.excepthook(*a)


def through_error_handler(error=None):
    return 'é'.encode('ascii', 'recursive')


def through_callback():
    class C:
        pass

    c = C()
    r = weakref.ref(c, lambda _: through_callback())
    del c


def through_finalizer():
    class C:
        def __del__(self):
            through_finalizer()

    C()


def through_class():
    class C:
        through_class()


def through_with():
    with contextlib.ExitStack() as stack:
        stack.callback(through_with)


def through_except():
    try:
        raise ValueError
    except ValueError:
        through_except()


def through_finally():
    try:
        raise ValueError
    finally:
        through_finally()


def through_warning(*a, **k):
    warnings.showwarning = through_warning
    warnings.simplefilter('always')
    warnings.warn('again')


def through_default(x=None):
    return json.dumps(object(), default=through_default)


def through_hooks(x=None):
    return json.loads('{"a": {}}', object_hook=through_hooks)


@functools.lru_cache(None)
def cached(n):
    return cached(n + 1)


@functools.singledispatch
def dispatched(x):
    return dispatched(x)


class Reduced:
    def __reduce__(self):
        return Reduced, (Reduced(),)


class Enumerated(enum.Enum):
    A = 1

    @classmethod
    def _missing_(cls, value):
        return cls(value + 1)


class Typed(typing.Generic[typing.TypeVar('T')]):
    pass


def by_trace():
    def trace(*a):
        sys.settrace(trace)
        function()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(None)


def by_profile():
    def profile(*a):
        len('')
        function()
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)


def restoring_import():
    original = builtins.__import__
    try:
        through_import()
    finally:
        builtins.__import__ = original


def nested_format(depth=2000):
    '{:{:{:{}}}}'.format(1, 2, 3, 4)
    ('{:' * depth + '}' * depth).format(*range(depth))


def format_attributes(depth=100000):
    ('{0' + '.a' * depth + '}').format(Dots())
    ('{0' + '[0]' * depth + '}').format(Dots())


class Dots:
    def __getattr__(self, name):
        return self

    def __getitem__(self, index):
        return self


def nested_type_params():
    t = typing.TypeVar('T')
    alias = list[t]
    for _ in range(2000):
        alias = alias[list[t]]
    return repr(alias)


def nested_tuples(depth=100000):
    classes = int
    for _ in range(depth):
        classes = (classes,)
    for check in (lambda: isinstance('', classes), lambda: issubclass(str, classes), lambda: 'a'.startswith(classes)):
        try:
            check()
        except (RecursionError, TypeError):
            pass
    try:
        raise ValueError
    except classes:
        pass


def endless_bases():
    issubclass(TheirBases(0), TheirBases(0))


def self_containing():
    a = []
    a.append(a)
    d = {}
    d[1] = d
    e = ValueError()
    e.__cause__ = e
    e.__context__ = e
    e.args = (e,)
    n = types.SimpleNamespace()
    n.a = n
    q = collections.deque()
    q.append(q)
    o = collections.OrderedDict()
    o[1] = o
    p = functools.partial(int)
    p.__setstate__((p, (p,), {'a': p}, {}))
    g = type('G', (), {})()
    g.args = g
    for x in a, d, e, n, q, o, p:
        for action in (repr, hash, lambda x: x == type(x)(x), copy.deepcopy, pickle.dumps, pickle._dumps, json.dumps, traceback.format_exception,
                       lambda x: x == copy.deepcopy(x), lambda x: [x] < [copy.copy(x)], lambda x: x(), lambda x: '%s' % (x,)):
            try:
                action(x)
            except (RecursionError, TypeError, ValueError, AttributeError):
                pass


def equal_cycles():
    a, b = [], []
    a.append(b)
    b.append(a)
    return a == b


def getter_cycle():
    class C:
        pass
    C.a = property(lambda s: s.a)
    return C().a


def partial_cycle():
    p = functools.partial(int)
    p.__setstate__((p, (), {}, {}))
    p()


def method_cycle():
    class C:
        pass
    C.__call__ = C()
    C()()


def descriptor_cycle():
    class C:
        pass
    c = C()
    C.__get__ = c
    C.a = c
    return c.a


def special_cycle(name, use):
    def run():
        class C:
            pass
        setattr(C, name, C())
        eval(use, {'c': C(), 'C': C})
    return run


def mapping_cycle():
    class C(dict):
        def __missing__(self, key):
            return self[key]
    eval('x', C())


def deep_class(depth=2000):
    base = top = type('A', (), {})
    for _ in range(depth):
        base = type('B', (base,), {})
    top.__add__ = lambda s, o: 1
    top.__eq__ = lambda s, o: True
    del top.__add__
    top.x = 1
    return base() == 1 and isinstance(base(), top) and issubclass(base, top) and len(top.__subclasses__())


def re_nested(opening, closing, depth):
    def run():
        re.purge()
        pattern = re.compile(opening * depth + 'a' + closing * depth)
        pattern.match('a' * 50)
        pattern.sub('b', 'aa')
    return run


def mocked():
    mock = unittest.mock.MagicMock()
    mock.return_value = mock
    mock.side_effect = lambda: mock()
    mock()


def string_template():
    string.Template('$a').substitute(mapping_of_itself())


class mapping_of_itself(dict):
    def __missing__(self, key):
        return string.Template('$a').substitute(self)


def abc_caches():
    class A(abc.ABC):
        pass
    classes = [type('C', (A,), {}) for _ in range(10)]
    for c in classes:
        A.register(c)
    isinstance(1, A)


# Each finalizer starts another: with no recursion limit to stop them they go on for ever, however flat the stack is.
ENDLESS = {'__del__ by s.__class__()', 'through_finalizer', 'through_callback'}
METHODS_IN_CLASS = {
    '__call__': 'c()', '__add__': 'c + c', '__repr__': 'repr(c)', '__len__': 'len(c)', '__iter__': 'iter(c)', '__get__': 'C.__get__',
    '__getattr__': 'c.x', '__hash__': 'hash(c)', '__eq__': 'c == 1', '__getitem__': 'c[0]', '__enter__': 'c.__enter__()', '__set_name__': 'type("D", (), {"a": c})',
    '__new__': 'C()', '__init__': 'C()', '__bool__': 'bool(c)', '__del__': 'C() and 1', '__prepare__': 'c.__prepare__',
}


def cases():
    yield from protocol_cases()
    for name, use in METHODS_IN_CLASS.items():
        yield f'{name} is an instance', special_cycle(name, use)
    simple = dict(
        isinstance=lambda: isinstance(1, InstanceCheck('Q', (), {})), issubclass=lambda: issubclass(int, SubclassCheck('Q', (), {})),
        metacall=lambda: MetaCall('Q', (), {})(), prepare=lambda: exec('class Q(metaclass=M): pass', {'M': MetaPrepare}),
        metarepr=lambda: repr(MetaRepr('Q', (), {})), mro=lambda: MetaMro('Q', (), {}), hook=lambda: issubclass(int, HookAbc),
        class_property=lambda: isinstance(ClassProperty(), str), dict_property=lambda: vars(DictProperty()), missing_dir=lambda: dir(DictProperty()),
        bases=lambda: issubclass(BasesProperty(), BasesProperty()), list_generator=lambda: list(through_generator()),
        list_for=lambda: list(through_for()), send=lambda: through_await().send(None), asend=lambda: through_async_for().asend(None).send(None),
        error_handler=lambda: (importlib.import_module('codecs').register_error('recursive', through_error_handler), through_error_handler()),
        cached=lambda: cached(0), dispatched=lambda: dispatched(1), reduced=lambda: pickle.dumps(Reduced()), enumerated=lambda: Enumerated(2),
        hook_call=lambda: through_hook(ValueError, ValueError(), None), string=string_template, attributes=format_attributes)
    simple.update((f.__name__, f) for f in (
        function, through_map, through_sort, through_reduce, through_exec, through_eval, through_partial, through_re, restoring_import, through_callback,
        through_finalizer, through_class, through_with, through_except, through_finally, through_warning, through_default, through_hooks, by_trace,
        by_profile, nested_format, nested_type_params, nested_tuples, endless_bases, self_containing, equal_cycles, getter_cycle, partial_cycle,
        method_cycle, descriptor_cycle, mapping_cycle, deep_class, mocked, abc_caches))
    yield from simple.items()
    for opening, closing in ('(', ')'), ('(?:', ')'), ('(?:', ')*'), ('(', ')?'), ('(?=', ')'), ('(?<=', ')'), ('(?>', ')'), ('(?i:', ')'), ('(?:b|', ')'), ('(', ')*?'):
        for depth in 20, 90, 2000, 100000:
            yield f're {opening}a{closing} {depth}', re_nested(opening, closing, depth)
