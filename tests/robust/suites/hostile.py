"""Every method of every built-in type, and every function of every built-in module, called with objects whose special methods
raise, answer nonsense, recurse, or empty and take apart what is being worked on."""
import _thread
import array
import collections
import contextvars
import functools
import gc
import importlib
import io
import itertools
import operator
import os
import random
import re
import struct
import sys
import types
import weakref

MODES = 'main',
ENDLESS = ()

SPECIALS = '''repr str bytes format hash bool len length_hint iter next reversed contains call getitem setitem delitem missing index int float complex
trunc round floor ceil neg pos invert abs add radd iadd sub rsub isub mul rmul imul matmul truediv rtruediv floordiv rfloordiv mod rmod imod
divmod rdivmod pow rpow ipow lshift rlshift rshift and rand iand or ror ior xor rxor ixor eq ne lt le gt ge enter exit await aiter anext fspath
reduce reduce_ex copy deepcopy getstate setstate getnewargs sizeof dir get set delete set_name mro_entries instancecheck subclasscheck subclasshook
prepare buffer del'''.split()


class Target:
    """What the call in progress works on."""

    value = None
    others = ()
    busy = fills = calls = 0


def empty(value):
    """Takes VALUE apart by whatever it offers."""
    for name, arguments in (('clear', ()), ('close', ()), ('release', ()), ('detach', ()), ('__init__', ()), ('__setstate__', ({},)), ('__delitem__', (slice(None),)),
                            ('popitem', ()), ('pop', ()), ('send', (None,)), ('append', (1,)), ('add', (1,)), ('resize', (0,))):
        try:
            getattr(value, name)(*arguments)
        except BaseException:
            pass
    try:
        for name in list(vars(value)):
            delattr(value, name)
    except BaseException:
        pass


def mutate(self):
    if Target.busy > 1:
        return
    Target.busy += 1
    try:
        for value in (Target.value, *Target.others):
            empty(value)
        gc.collect(0)
    finally:
        Target.busy -= 1


def fill(self):
    """Adds to it, but not for ever: a search that meets its own additions ends."""
    Target.fills += 1
    if Target.fills > 20:
        return
    value = Target.value
    for action in (lambda: value.extend([self] * 100), lambda: value.update({object(): self for _ in range(100)}), lambda: value.update({str(i) for i in range(99)}),
                   lambda: value.append(self), lambda: value.write('x' * 9000), lambda: value.write(b'x' * 9000), lambda: value.rotate(1), lambda: value.move_to_end(1)):
        try:
            action()
        except BaseException:
            pass


class Failure(Exception):
    pass


def fail(self):
    raise Failure


def once(self):
    """Good for nothing but taking a while."""
    return self


BEHAVIOURS = {
    'raises': fail, 'answers None': lambda self: None, 'answers itself': once, 'answers a huge number': lambda self: 1 << 70, 'answers a large number': lambda self: sys.maxsize,
    'answers -1': lambda self: -1, 'answers minus huge': lambda self: -sys.maxsize - 1, 'answers an odd str': lambda self: '\udc80\0', 'answers a list': lambda self: [self],
    'answers a type': lambda self: type(self), 'empties': lambda self: mutate(self), 'empties, answers 1': lambda self: (mutate(self), 1)[1],
    'empties, answers True': lambda self: (mutate(self), True)[1], 'fills': lambda self: (fill(self), 0)[1], 'fills, answers a str': lambda self: (fill(self), 'a')[1],
    'is an iterator that empties': lambda self: iter(Emptying()), 'calls it again': lambda self: again(),
}


class Emptying:
    """An iterable of three, the second of which is fatal."""

    def __iter__(self):
        yield 1
        mutate(self)
        yield (1, 2)
        fill(self)
        yield 'a'


depth = 0
current = None


def again():
    global depth
    if depth > 3 or not current:
        return 1
    depth += 1
    try:
        return current()
    except BaseException:
        return 0
    finally:
        depth -= 1


def bounded(behaviour, self):
    """What iterates over itself comes to an end."""
    Target.calls += 1
    if Target.calls > 300:
        raise StopIteration
    return behaviour(self)


def hostile_class(name, behaviour):
    space = {f'__{special}__': lambda self, *arguments, **keywords: bounded(behaviour, self) for special in SPECIALS if special != 'del'}
    if name == 'empties':
        space['__del__'] = lambda self: mutate(self)
    space['__hash__'] = (lambda self: 1) if 'empties' in name else space['__hash__']
    return type('Hostile', (), space)


def attribute_class(behaviour):
    def get(self, name):
        if name in ('__class__', '__dict__') and behaviour is not fail:
            return object.__getattribute__(self, name)
        return behaviour(self)
    return type('HostileAttributes', (), {'__getattribute__': get, '__setattr__': lambda self, *a: behaviour(self), '__delattr__': lambda self, *a: behaviour(self)})


def liar(kind):
    return type('Liar', (), {'__class__': property(lambda self: kind)})


def subclass_of(kind, behaviour):
    """Instances are of KIND, their overridden methods are not to be trusted."""
    space = {f'__{special}__': lambda self, *arguments: bounded(behaviour, self) for special in ('iter', 'len', 'getitem', 'eq', 'hash', 'index', 'str', 'repr', 'contains', 'bool', 'next', 'keys')}
    space['keys'] = space['items'] = space['get'] = lambda self, *arguments: behaviour(self)
    return type('Hostile' + kind.__name__, (kind,), space)


CLASSES = [hostile_class(name, behaviour) for name, behaviour in BEHAVIOURS.items()]
CLASSES += [attribute_class(behaviour) for name, behaviour in BEHAVIOURS.items() if name in ('raises', 'answers None', 'empties', 'answers itself', 'fills')]
CLASSES += [liar(kind) for kind in (int, str, type, dict, list, BaseException, types.CodeType)]
CLASSES += [subclass_of(kind, BEHAVIOURS[how]) for kind in (list, tuple, dict, str, bytes, int, float, set, frozenset, bytearray) for how in ('raises', 'answers None', 'empties, answers 1', 'fills')]


class Plain:
    def __init__(self):
        self.a = 1


def generator(values=()):
    for value in values:
        yield value


async def coroutine():
    await Emptying()


async def async_generator():
    yield 1


def error():
    try:
        raise ValueError(1, 2)
    except ValueError as raised:
        return raised


def samples(h):
    """What methods are tried on: objects of every built-in type, holding the hostile object where they hold any."""
    key = Plain()
    yield from (lambda: 5, lambda: 1 << 99, lambda: True, lambda: 1.5, lambda: 1j, lambda: None, lambda: ..., lambda: NotImplemented, lambda: 'abc', lambda: 'é\U0001f600', lambda: b'abc',
                lambda: bytearray(b'abc'), lambda: memoryview(bytearray(b'abcd')), lambda: memoryview(array.array('i', [1, 2])), lambda: [h, 1, h], lambda: (h, 1, h), lambda: {1: h, 'a': h},
                lambda: {key: h}, lambda: {1, 2, key}, lambda: frozenset({1, key}), lambda: range(5), lambda: slice(h, h, h), lambda: iter([h, h]), lambda: iter((h, 1)), lambda: iter({1: h}),
                lambda: iter({1: h}.items()), lambda: {1: h}.keys(), lambda: {1: h}.values(), lambda: {1: h}.items(), lambda: reversed([h, 1]), lambda: reversed({1: h}), lambda: iter({1, 2}),
                lambda: iter('abc'), lambda: iter(b'abc'), lambda: iter(bytearray(b'a')), lambda: iter(range(3)), lambda: iter(lambda: h, 1), lambda: enumerate([h, 1]), lambda: zip([h, 1]),
                lambda: map(bool, [h, 1]), lambda: filter(None, [h, 1]), lambda: generator([h, 1]), lambda: coroutine(), lambda: async_generator(), lambda: async_generator().asend(None),
                lambda: async_generator().__anext__(), lambda: coroutine().__await__(), lambda: error(), lambda: error().__traceback__, lambda: error().__traceback__.tb_frame,
                lambda: ExceptionGroup('g', [ValueError(h)]), lambda: StopIteration(h), lambda: OSError(1, 'x', h), lambda: UnicodeDecodeError('a', b'abc', 0, 1, 'r'), lambda: SyntaxError('a', ('f', 1, 1, 't')),
                lambda: ImportError(h, name=h), lambda: KeyError(h), lambda: AttributeError(h, name=h, obj=h), lambda: Plain(), lambda: Plain, lambda: type('C', (Plain,), {'a': h}), lambda: object(),
                lambda: generator, lambda: (lambda a=h, *, b=h: a), lambda: generator.__code__, lambda: Plain().__init__, lambda: [h].append, lambda: list.append, lambda: len, lambda: [].__len__,
                lambda: list.__len__, lambda: Plain.__dict__, lambda: dict.__dict__['fromkeys'], lambda: property(lambda s: h), lambda: classmethod(h), lambda: staticmethod(h), lambda: super(Plain, Plain()),
                lambda: types.MappingProxyType({1: h}), lambda: types.SimpleNamespace(a=h), lambda: types.CellType(h), lambda: types.ModuleType('m'), lambda: list[h], lambda: int | str,
                lambda: types.GenericAlias(list, (h,)), lambda: weakref.ref(key, h), lambda: weakref.proxy(key), lambda: functools.partial(lambda *a, **k: h, h, a=h), lambda: functools.lru_cache(lambda *a: h),
                lambda: functools.lru_cache(2)(lambda *a: h), lambda: functools.cmp_to_key(lambda a, b: h)(1), lambda: operator.itemgetter(h, 1), lambda: operator.attrgetter('a'), lambda: operator.methodcaller('a', h),
                lambda: collections.deque([h, 1, h]), lambda: collections.deque([h], 2), lambda: iter(collections.deque([h, 1])), lambda: collections.OrderedDict({1: h, 'a': h}),
                lambda: iter(collections.OrderedDict({1: h})), lambda: collections.OrderedDict({1: h}).items(), lambda: collections.defaultdict(lambda: h, {1: h}), lambda: array.array('i', [1, 2, 3]),
                lambda: array.array('u', 'abc'), lambda: iter(array.array('d', [1])), lambda: struct.Struct('2i'), lambda: struct.iter_unpack('B', b'abc'), lambda: re.compile('(a)|b'),
                lambda: re.match('(a)', 'a'), lambda: re.compile('a').scanner('abc'), lambda: re.finditer('a', 'aaa'), lambda: random.Random(1), lambda: io.BytesIO(b'abc\nd'), lambda: io.StringIO('abc\nd'),
                lambda: io.BufferedReader(io.BytesIO(b'abc')), lambda: io.BufferedWriter(io.BytesIO()), lambda: io.BufferedRandom(io.BytesIO(b'abc')), lambda: io.TextIOWrapper(io.BytesIO(b'abc\nd')),
                lambda: io.BufferedRWPair(io.BytesIO(), io.BytesIO()), lambda: io.IncrementalNewlineDecoder(h, True), lambda: io.BytesIO(b'ab').getbuffer(), lambda: contextvars.ContextVar('v', default=h),
                lambda: contextvars.copy_context(), lambda: contextvars.ContextVar('v').set(h), lambda: _thread.allocate_lock(), lambda: _thread.RLock(), lambda: _thread._local())
    for make in (lambda it: itertools.chain(it), lambda it: itertools.islice(it, 2), lambda it: itertools.cycle(it), lambda it: itertools.takewhile(lambda x: h, it),
                 lambda it: itertools.dropwhile(lambda x: h, it), lambda it: itertools.starmap(lambda *a: h, it), lambda it: itertools.accumulate(it), lambda it: itertools.groupby(it),
                 lambda it: itertools.zip_longest(it, it), lambda it: itertools.compress(it, it), lambda it: itertools.pairwise(it), lambda it: itertools.filterfalse(None, it), lambda it: itertools.tee(it)[0],
                 lambda it: itertools.product(it, it), lambda it: itertools.permutations(it), lambda it: itertools.combinations(it, 1), lambda it: itertools.combinations_with_replacement(it, 2),
                 lambda it: itertools.repeat(h, 3), lambda it: itertools.count(1)):
        yield lambda: make([h, (h, 1), 1])
        yield lambda: make(Emptying())


# Ends or stops the process, waits, or changes what the cases run in.
SKIPPED_FUNCTIONS = {
    'posix': r'_exit|abort|kill.*|fork.*|exec.*|pause|sig.*|set.*|nice|umask|posix_spawn.*|system|chroot|chdir|fchdir|wait.*|close|closerange|dup.*|lockf|read|write|open|pipe.*|sched_.*|getrandom|tc.*|ctermid|login_tty|openpty|eventfd.*|splice|copy_file_range|preadv?|pwritev?|readv|writev|sendfile|ftruncate|truncate|posix_fallocate|memfd_create|isatty|fsync|sync|register_at_fork|device_encoding|get_blocking|fstat.*|_path_.*|unlink|remove|rmdir|rename|replace',
    'signal': '.*', 'faulthandler': '.*', '_signal': '.*', 'time': 'sleep|clock_settime.*|tzset', '_thread': '.*exit.*|start_new.*|interrupt_main|stack_size|_set_sentinel', 'select': '.*', 'gc': 'freeze|set_.*|disable',
    'sys': 'set.*|exit|_debugmallocstats|breakpointhook|settrace|_clear.*|addaudithook|unraisablehook|excepthook|displayhook|activate.*', 'builtins': 'breakpoint|input|help|exit|quit|exec|eval|open|print|license|copyright|credits',
    'atexit': '.*', '_tracemalloc': '.*', 'readline': '.*', '_socket': '.*', 'pwd': 'getpwall', 'spwd': '.*', 'grp': '.*', 'syslog': '.*', 'marshal': 'dump', '_imp': '.*', 'itertools': '', 'fcntl': '.*', 'resource': '.*', '_posixsubprocess': '.*',
    '_io': 'open|open_code|FileIO', 'xxsubtype': '.*', '_xxsubinterpreters': '.*', 'termios': '.*', '_warnings': 'warn.*', '_curses': '.*', 'math': 'factorial|perm|comb', '_operator': '', 'mmap': '.*',
}
SKIPPED_METHODS = re.compile('__class__|__del__|acquire.*|__enter__|_?acquire_restore|wait.*|run|fileno')
COMBINATIONS = (
    lambda h: ((), {}), lambda h: ((h,), {}), lambda h: ((h, h), {}), lambda h: ((h, h, h), {}), lambda h: ((h, h, h, h), {}), lambda h: ((1, h), {}), lambda h: (('a', h), {}), lambda h: ((b'a', h), {}),
    lambda h: ((h, 1), {}), lambda h: ((h, 'a'), {}), lambda h: (([h, 1, h],), {}), lambda h: (((h, h),), {}), lambda h: (({1: h},), {}), lambda h: ((Emptying(),), {}), lambda h: ((Emptying(), h), {}),
    lambda h: ((h, Emptying()), {}), lambda h: ((slice(h, h, h),), {}), lambda h: ((slice(h, h, h), [h, h]), {}), lambda h: ((type(h),), {}), lambda h: ((type(h), h), {}), lambda h: ((), {'key': h, 'default': h}),
    lambda h: ((h,), {'key': h}), lambda h: (([h, h],), {'key': lambda x: h}), lambda h: ((lambda *a: h, [h, h]), {}), lambda h: ((generator([h, 1, h]),), {}), lambda h: (('%s %r %d {} {0!r:{0}}', h), {}), lambda h: ((Target.value,), {}),
    lambda h: ((Target.value, h), {}), lambda h: ((h, Target.value), {}),
)


def functions(module):
    skipped = re.compile(SKIPPED_FUNCTIONS.get(module.__name__, ''))
    for name in sorted(vars(module)):
        value = getattr(module, name)
        if callable(value) and not skipped.fullmatch(name) and not (isinstance(value, type) and issubclass(value, BaseException)):
            yield name, value


TRIED = 3  # combinations of arguments for each method and class
SEED = os.environ.get('HOSTILE_SEED', '0')


def groups():
    return [*(f'functions {name}' for name in importable()), *(f'methods {index}' for index in range(len(list(samples(1)))))]


def importable():
    for name in sorted(sys.builtin_module_names):
        if SKIPPED_FUNCTIONS.get(name) != '.*':
            yield name


def attempt(call):
    """The exception is dropped: what matters is that there is one, or a value."""
    global current
    current = call
    Target.fills = Target.calls = 0
    try:
        result = call()
        if hasattr(type(result), '__next__'):
            list(itertools.islice(result, 20))
        repr(result)
    except BaseException as error:
        if isinstance(error, SystemError):
            raise
    finally:
        current = None


def chosen(name, index):
    """Some of the combinations, other ones for each method and class."""
    return random.Random(f'{SEED} {name} {index}').sample(COMBINATIONS, TRIED)


def function_cases(module):
    for name, function in functions(module):
        for index, kind in enumerate(CLASSES):
            def case(name=name, index=index, function=function, kind=kind):
                for combination in chosen(name, index):
                    h = kind()
                    Target.value, Target.others = [h, 1, (h,)], ()
                    arguments, keywords = combination(h)
                    Target.others = arguments
                    attempt(lambda: function(*arguments, **keywords))
            yield f'{name} with class {index}', case


def method_cases(number):
    h = Plain()
    for index, kind in enumerate(CLASSES):
        make = next(itertools.islice(samples(h), number, None))
        names = [name for name in dir(type(make())) if not SKIPPED_METHODS.fullmatch(name)]
        for name in names:
            def case(index=index, kind=kind, name=name):
                for combination in chosen(name, index):
                    h = kind()
                    try:
                        Target.value = next(itertools.islice(samples(h), number, None))()
                    except BaseException:
                        return  # cannot be made with it
                    arguments, keywords = combination(h)
                    Target.others = arguments
                    attempt(lambda: getattr(Target.value, name)(*arguments, **keywords))
            yield f'{name} with class {index}', case


def cases(group):
    kind, _, rest = group.partition(' ')
    return function_cases(importlib.import_module(rest)) if kind == 'functions' else method_cases(int(rest))
