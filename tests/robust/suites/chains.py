"""Objects chained DEPTH long, and what is done to such a chain. Every link holds the former chain."""
import ast
import asyncio
import collections
import contextvars
import copy
import functools
import gc
import io
import itertools
import json
import marshal
import operator
import pickle
import pprint
import sys
import threading
import time
import traceback
import types
import weakref
import xml.etree.ElementTree as ElementTree


class Plain:
    def __init__(self, a=None):
        self.a = a


class Slots:
    __slots__ = ('a', '__weakref__')

    def __init__(self, a=None):
        self.a = a


class Finalized(Plain):
    def __del__(self):
        self.a


class Equal(Plain):
    def __eq__(self, other):
        return self.a == other.a

    def __hash__(self):
        return hash(self.a)

    def __repr__(self):
        return repr(self.a)


class Lists(list):
    pass


class Dicts(dict):
    pass


class Tuples(tuple):
    pass


class Raw(io.RawIOBase):
    def __init__(self, a=None):
        self.a = a

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.a.readinto(buffer) if self.a else 0


def attribute(x):
    def f():
        pass

    f.a = x
    return f


def closure(x):
    return lambda: x


def call_closure(x):
    return lambda *args: x(*args) if x else 0


def yielding(x):
    yield x


def delegating(x):
    yield from x or ()


async def waiting(x):
    return await x if x else 1


async def not_waiting(x):
    return x


async def async_yielding(x):
    if x:
        async for item in x:
            yield item


def chained(name):
    def link(x):
        error = ValueError('v')
        setattr(error, name, x)
        return error
    return link


def group(x):
    return ExceptionGroup('g', [x or ValueError()])


def raised_from(x):
    try:
        raise ValueError('v') from x
    except ValueError as error:
        return error


def traceback_of(x):
    try:
        raise ValueError
    except ValueError as error:
        return types.TracebackType(x, error.__traceback__.tb_frame, 0, 1)


def noted(x):
    error = ValueError()
    error.__notes__ = [x]
    return error


def weak(x):
    referent = Plain(x)
    keep = weakref.proxy(referent, lambda _: x)
    keep_alive.append(referent)
    return keep


keep_alive = []


def with_callback(x):
    referent = Plain()
    referent.reference = weakref.ref(referent, functools.partial(print, x))
    return referent


def context(x):
    made = contextvars.Context()
    made.run(variable.set, x)
    return made


def token(x):
    variable.set(x)
    return variable.set(0)


variable = contextvars.ContextVar('variable')


def module(x):
    made = types.ModuleType('m')
    made.a = x
    return made


def thread_local(x):
    made = threading.local()
    made.a = x
    return made


def queue(x):
    import _queue
    made = _queue.SimpleQueue()
    made.put(x)
    return made


def default_dict(x):
    return collections.defaultdict(int, {1: x})


def missing_dict(x):
    return collections.defaultdict(x.__getitem__ if x is not None else int)


def super_of(x):
    made = Plain(x)
    return super(Plain, made)


def element(x):
    made = ElementTree.Element('e')
    if x is not None:
        made.append(x)
    return made


def tree(x):
    return ast.UnaryOp(ast.Not(), x or ast.Name('x', ast.Load(), lineno=1, col_offset=0), lineno=1, col_offset=0)


def future(x):
    made = asyncio.Future(loop=Loop())
    made.set_result(x)
    return made


class Loop:
    def get_debug(self):
        return False


def tee(x):
    return itertools.tee(x or [1])[0]


def tee_shared(x):
    one, other = itertools.tee(x or [1])
    keep_alive.append(other)
    return one


def wrapped(x):
    @functools.wraps(x or int)
    def f(*args):
        return (x or int)(*args)
    return f


def dispatched(x):
    return functools.singledispatch(x or int)


def local_frame(x):
    def f(x):
        return sys._getframe()
    return f(x)


def sequence_iterator(x):
    return iter(Lists([x]))


def callable_iterator(x):
    return iter(lambda: x, 1)


def bound(x):
    return types.MethodType(x or print, 1)


def bound_to(x):
    return types.MethodType(print, x or 1)


def union(x):
    return list[x or int] | None


def struct_sequence(x):
    return time.struct_time((x,) * 9)


def buffered(x):
    return io.BufferedReader(x or Raw())


def one(x):
    return [1] if x is None else x


true = bool
LINKS = {
    'list': lambda x: [x], 'tuple': lambda x: (x,), 'dict': lambda x: {1: x}, 'frozenset': lambda x: frozenset({x}),
    'tuple key': lambda x: {(x,): 1} if x is None else ((x, 1),), 'set in list': lambda x: [{1}, x],
    'list subclass': lambda x: Lists([x]), 'dict subclass': lambda x: Dicts(a=x), 'tuple subclass': lambda x: Tuples((x,)),
    'deque': lambda x: collections.deque([x]), 'OrderedDict': lambda x: collections.OrderedDict({1: x}),
    'defaultdict': default_dict, 'missing': missing_dict, 'ChainMap': lambda x: collections.ChainMap({} if x is None else x),
    'UserList': lambda x: collections.UserList([x]), 'UserDict': lambda x: collections.UserDict({1: x}),
    'Counter': lambda x: collections.Counter({1: x}), 'mappingproxy': lambda x: types.MappingProxyType({} if x is None else x),
    'mappingproxy of dict': lambda x: types.MappingProxyType({1: x}),
    'SimpleNamespace': lambda x: types.SimpleNamespace(a=x), 'struct_time': struct_sequence,
    'slice': lambda x: slice(None, x), 'slice start': slice, 'cell': types.CellType, 'module': module, 'local': thread_local,
    'instance': Plain, 'slots': Slots, 'finalized': Finalized, 'equal': Equal, 'super': super_of,
    'attribute': attribute, 'closure': closure, 'call closure': call_closure, 'wraps': wrapped, 'singledispatch': dispatched,
    'lambda default': lambda x: lambda a=x: a, 'keyword default': lambda x: lambda *, a=x: a,
    'code': lambda x: yielding.__code__.replace(co_consts=(x,)), 'frame': local_frame,
    'classmethod': lambda x: classmethod(x or int), 'staticmethod': lambda x: staticmethod(x or int), 'property': property,
    'method': bound, 'method self': bound_to, 'builtin self': lambda x: [x].append,
    'method-wrapper': lambda x: [x].__len__, 'partial': lambda x: functools.partial(x or int),
    'partial argument': lambda x: functools.partial(operator.call, x or int),
    'partial keyword': lambda x: functools.partial(dict, a=x), 'partialmethod': lambda x: functools.partialmethod(x or int),
    'lru_cache': lambda x: functools.lru_cache(x or int), 'cached_property': functools.cached_property,
    'cmp_to_key': functools.cmp_to_key(lambda a, b: (a < b) if a and b else 0),
    'itemgetter': operator.itemgetter, 'methodcaller': lambda x: operator.methodcaller('a', x),
    'GenericAlias': lambda x: list[x or int], 'alias origin': lambda x: types.GenericAlias(x or list, int), 'union': union,
    'list iterator': lambda x: iter([x]), 'tuple iterator': lambda x: iter((x,)), 'sequence iterator': sequence_iterator,
    'callable iterator': callable_iterator, 'dict keys': lambda x: {1: x}.keys(), 'dict values': lambda x: {1: x}.values(),
    'dict iterator': lambda x: iter({1: x}.values()), 'reversed': lambda x: reversed([x]), 'enumerate': lambda x: enumerate(one(x)),
    'map': lambda x: map(int, one(x)), 'filter': lambda x: filter(None, one(x)), 'zip': lambda x: zip(one(x)),
    'zip strict': lambda x: zip(one(x), one(x), strict=True) if x is None else zip(x, strict=True),
    'chain': lambda x: itertools.chain(one(x)), 'chain of one': lambda x: itertools.chain.from_iterable([one(x)]),
    'islice': lambda x: itertools.islice(one(x), 5), 'cycle': lambda x: itertools.cycle(one(x)),
    'takewhile': lambda x: itertools.takewhile(true, one(x)), 'dropwhile': lambda x: itertools.dropwhile(operator.not_, one(x)),
    'starmap': lambda x: itertools.starmap(lambda *a: a, one(x) if x else [(1,)]),
    'accumulate': lambda x: itertools.accumulate(one(x)), 'groupby': lambda x: itertools.groupby(one(x)),
    'zip_longest': lambda x: itertools.zip_longest(one(x)), 'compress': lambda x: itertools.compress(one(x), [1]),
    'selectors': lambda x: itertools.compress([1], one(x)), 'pairwise': lambda x: itertools.pairwise(one(x)),
    'filterfalse': lambda x: itertools.filterfalse(operator.not_, one(x)), 'repeat': itertools.repeat,
    'product': lambda x: itertools.product([x]), 'permutations': lambda x: itertools.permutations([x]),
    'tee': tee, 'tee shared': tee_shared, 'generator': yielding, 'yield from': delegating, 'coroutine': waiting,
    'coroutine kept': not_waiting, 'async generator': async_yielding,
    'await wrapper': lambda x: not_waiting(x).__await__(), 'asend': lambda x: async_yielding(x).asend(None),
    'argument': ValueError, 'cause': chained('__cause__'), 'context': chained('__context__'), 'raised from': raised_from,
    'ExceptionGroup': group, 'traceback': traceback_of, 'note': noted, 'StopIteration': StopIteration,
    'AttributeError': lambda x: AttributeError(obj=x), 'weak proxy': weak, 'weak callback': with_callback,
    'memoryview': lambda x: memoryview(x or b'abc'), 'memoryview cast': lambda x: memoryview(x or b'abc').cast('B'),
    'memoryview slice': lambda x: (x or memoryview(b'abc'))[:],
    'decoder': lambda x: io.IncrementalNewlineDecoder(x, True), 'buffered': buffered,
    'raw': Raw, 'text': lambda x: io.TextIOWrapper(x or io.BytesIO()), 'Context': context, 'Token': token, 'queue': queue,
    'future': future, 'Element': element, 'ast': tree, 'float subclass': lambda x: type('F', (float,), {'a': x})(1.0),
    'class attribute': lambda x: type('a', (), {'a': x}), 'subclass': lambda x: type('a', (x or Plain,), {}),
    'metaclass': lambda x: type('a', (x or type,), {}),
}
# Where a link costs time or memory in proportion to what it holds.
SHORT = {'class attribute': 3000, 'subclass': 2000, 'metaclass': 2000, 'GenericAlias': 3000, 'union': 3000, 'float subclass': 3000,
         'alias origin': 3000, 'wraps': 20000, 'singledispatch': 2000}


def as_descriptor(x):
    return type('C', (), {'a': x})().a


def as_class_attribute(x):
    return type('C', (), {'a': x}).a


def sent(x):
    return x.send(None)


def printed(x):
    sys.excepthook(type(x), x, x.__traceback__)


def caught(x):
    try:
        raise x
    except* TypeError:
        pass


def added(x):
    x.a = 1
    x.__add__ = print
    x.__eq__ = print


def written(x):
    if isinstance(x, ElementTree.Element):
        ElementTree.tostring(x)
    elif isinstance(x, ast.AST):
        ast.unparse(x)


def compiled(x):
    compile(ast.Expression(x), 's', 'eval')


def decoded(x):
    x.decode('a')
    x.reset()
    x.getstate()


class Binary:
    def write(self, data):
        pass


ACTIONS = {
    'repr': lambda x, y: repr(x), 'str': lambda x, y: str(x), 'ascii': lambda x, y: ascii(x), 'format': lambda x, y: f'{x}',
    'eq': lambda x, y: x == y, 'ne': lambda x, y: x != y, 'lt': lambda x, y: x < y, 'hash': lambda x, y: hash(x),
    'in': lambda x, y: x in [y], 'contains': lambda x, y: 5 in x, 'index': lambda x, y: [y].index(x), 'min': lambda x, y: min(x, y),
    'sort': lambda x, y: sorted([x, y]), 'in set': lambda x, y: {x, y}, 'in dict': lambda x, y: {x: 1}[y],
    'copy': lambda x, y: copy.copy(x), 'deepcopy': lambda x, y: copy.deepcopy(x), 'reduce': lambda x, y: x.__reduce_ex__(4),
    'pickle': lambda x, y: pickle.dumps(x), 'pickle 0': lambda x, y: pickle.dumps(x, 0),
    'pickle Python': lambda x, y: pickle._dumps(x), 'marshal': lambda x, y: marshal.dumps(x), 'json': lambda x, y: json.dumps(x),
    'json Python': lambda x, y: json.dumps(x, indent=1), 'pprint': lambda x, y: pprint.pformat(x),
    'next': lambda x, y: next(x), 'iter': lambda x, y: iter(x), 'list': lambda x, y: list(itertools.islice(x, 3)),
    'unpack': lambda x, y: (lambda *a: a)(*x), 'length_hint': lambda x, y: operator.length_hint(x), 'len': lambda x, y: len(x),
    'bool': lambda x, y: bool(x), 'call': lambda x, y: x(), 'call 1': lambda x, y: x(1), 'getattr': lambda x, y: x.a,
    'missing attribute': lambda x, y: x.missing, 'setattr': lambda x, y: added(x), 'getitem': lambda x, y: x[0], 'get': lambda x, y: x.get(5),
    'setitem': lambda x, y: operator.setitem(x, 2, x), 'descriptor': lambda x, y: as_descriptor(x),
    'class attribute': lambda x, y: as_class_attribute(x), 'isinstance': lambda x, y: isinstance(x, Plain),
    'instance of': lambda x, y: isinstance(1, x), 'subclass of': lambda x, y: issubclass(int, x), 'subclasses': lambda x, y: x.mro(),
    'abstract': lambda x, y: getattr(x, '__isabstractmethod__'), 'parameters': lambda x, y: x.__parameters__, 'or': lambda x, y: x | y,
    'add': lambda x, y: x + y, 'invert': lambda x, y: ~x, 'float': lambda x, y: float(x), 'sum': lambda x, y: sum([x, y], x),
    'dir': lambda x, y: dir(x), 'vars': lambda x, y: str(vars(x)), 'sizeof': lambda x, y: sys.getsizeof(x), 'send': lambda x, y: sent(x),
    'throw': lambda x, y: x.throw(ValueError), 'raise': lambda x, y: caught(x), 'excepthook': lambda x, y: printed(x),
    'format_exception': lambda x, y: traceback.format_exception(x), 'print': lambda x, y: print(x, file=io.StringIO()),
    'write': lambda x, y: written(x), 'compile': lambda x, y: compiled(x), 'walk': lambda x, y: ast.dump(x),
    'pickler': lambda x, y: pickle.Pickler(Binary()).dump(x), 'decode': lambda x, y: decoded(x), 'read': lambda x, y: x.read(1),
    'tolist': lambda x, y: x.tolist(), 'split': lambda x, y: x.split(ValueError), 'subgroup': lambda x, y: x.subgroup(bool),
    'derive': lambda x, y: x.split(lambda e: False), 'signature': lambda x, y: x.__text_signature__,
    'replace': lambda x, y: x.replace(co_consts=(x, y)), 'code const': lambda x, y: marshal.loads(marshal.dumps(x)),
    'round trip': lambda x, y: pickle.loads(pickle.dumps(x)), 'collect': lambda x, y: gc.collect(), 'close': lambda x, y: x.close(),
}


def build(name, depth):
    link, chain = LINKS[name], None
    for _ in range(min(depth, SHORT.get(name, depth))):
        chain = link(chain)
    return chain


def free_kept():
    while keep_alive:  # from the top: what else holds a link is below it
        keep_alive.pop()


def cases(name, depth):
    """Yields (label, function) of everything that is done to chains called NAME, the last being their end."""
    held = []

    def built():
        try:
            held.append(build(name, depth))
            held.append(build(name, depth))
        except BaseException:
            held[:] = [None, None]
            raise

    def freed():
        held.clear()
        free_kept()
        gc.collect()

    yield 'build', built
    for action, function in ACTIONS.items():
        yield action, lambda: function(*held)
    yield 'free', freed
