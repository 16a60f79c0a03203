"""Short lives of built-in objects: random methods and operators with arguments that are often right."""
import array
import collections
import datetime
import decimal
import fractions
import io
import itertools
import operator
import re
import types

MAKERS = {
    'str': lambda: 'a,b C\u00e9\u0130\ud800\U0001f600 1', 'ascii': lambda: 'hello World 42\n x', 'bytes': lambda: b'ab,c\xff \n12', 'bytearray': lambda: bytearray(b'ab,c\xff \n12'),
    'list': lambda: [3, 'a', 1.5, None, 3], 'ints': lambda: [5, 1, 4, 2, 3], 'tuple': lambda: (1, 'x', (2,), 1), 'dict': lambda: {1: 'a', 'k': [2], None: 3}, 'set': lambda: {1, 'a', (2,)},
    'frozenset': lambda: frozenset([1, 2, 3]), 'int': lambda: -12345678901234567890, 'small': lambda: 7, 'bool': lambda: True, 'float': lambda: -2.675, 'huge': lambda: 1e300,
    'complex': lambda: 1.5 - 2j, 'range': lambda: range(2, 20, 3), 'back': lambda: range(10, -5, -4), 'slice': lambda: slice(1, 'x', None), 'memoryview': lambda: memoryview(bytearray(b'abcdefgh')),
    'deque': lambda: collections.deque([1, 2, 3], 4), 'ordered': lambda: collections.OrderedDict(a=1, b=2, c=3), 'default': lambda: collections.defaultdict(list, a=[1]),
    'counter': lambda: collections.Counter('abcab'), 'keys': lambda: {1: 2, 'a': 3}.keys(), 'items': lambda: {1: 2, 'a': 3}.items(), 'values': lambda: {1: 2}.values(),
    'array': lambda: array.array('h', [1, -2, 3]), 'doubles': lambda: array.array('d', [0.5, -1.0]), 'date': lambda: datetime.date(2024, 2, 29), 'moment': lambda: datetime.datetime(2024, 2, 29, 23, 59, 59, 999999),
    'aware': lambda: datetime.datetime(1, 1, 1, tzinfo=datetime.timezone.utc), 'time': lambda: datetime.time(1, 2, 3, 4), 'delta': lambda: datetime.timedelta(-1, 5, 7), 'zone': lambda: datetime.timezone(datetime.timedelta(hours=-5), 'Z'),
    'decimal': lambda: decimal.Decimal('-12.3450'), 'tiny': lambda: decimal.Decimal('1E-30'), 'fraction': lambda: fractions.Fraction(-7, 3), 'text': lambda: io.StringIO('ab\ncd\r\nef'), 'data': lambda: io.BytesIO(b'ab\ncd\nef'),
    'wrapper': lambda: io.TextIOWrapper(io.BytesIO('a\u00e9\nb\r\nc'.encode()), 'utf-8'), 'reader': lambda: io.BufferedReader(io.BytesIO(b'abc\ndef'), 4), 'pattern': lambda: re.compile(r'(?P<x>[a-c])(\d)?'),
    'match': lambda: re.search(r'(?P<x>[a-c])(\d)?', 'zza1b'), 'chain': lambda: itertools.chain([1, 2], 'ab'), 'islice': lambda: itertools.islice('abcdef', 1, 5, 2),
    'exception': lambda: ValueError('a', 1), 'oserror': lambda: OSError(2, 'text', 'file'), 'group': lambda: ExceptionGroup('g', [ValueError(1), TypeError(2)]), 'decodeerror': lambda: UnicodeDecodeError('utf-8', b'abc', 1, 2, 'why'),
    'proxy': lambda: types.MappingProxyType({'a': 1}), 'namespace': lambda: types.SimpleNamespace(a=1), 'union': lambda: int | str, 'alias': lambda: list[int], 'generator': lambda: (x * 2 for x in [1, 2, 3]),
    'iterator': lambda: iter([1, 2, 3]), 'enumerate': lambda: enumerate('ab', 5), 'zip': lambda: zip('ab', [1, 2, 3]), 'property': lambda: property(len), 'getter': lambda: operator.itemgetter(1, 0),
}
VALUES = [0, 1, 2, -1, 3, 10, 100, -7, True, None, '', 'a', 'k', 'ab', ',', ' ', '\n', 'x', 'utf-8', 'ignore', 'strict', '\u00e9', b'', b'a', b'ab', b',', bytearray(b'c'), 0.5, -2.5, 1e308, float('nan'), float('inf'), 2j,
          [], [1], [1, 2], ['a', 'b'], [b'a'], [('k', 1)], (), (1,), (1, 2), ('a', 'k'), {}, {'a': 1}, {97: 'X', 98: None}, {1}, frozenset([2]), range(3), slice(None), slice(1, 3), slice(None, None, -1), slice(0, 9, 2),
          2 ** 31, 2 ** 63, -2 ** 63, 2 ** 70, int, str, len, 'rd', '.2f', '>8', '05d', '%Y-%m', 'seconds', decimal.Decimal(2), fractions.Fraction(1, 2), datetime.timedelta(1), datetime.date(2000, 1, 1), memoryview(b'a')]
KEYWORDS = ['key', 'reverse', 'sep', 'maxsplit', 'keepends', 'default', 'errors', 'encoding', 'fold', 'year', 'signed', 'byteorder', 'start', 'strict', 'x']
OPERATORS = [getattr(operator, name) for name in ('add', 'sub', 'mul', 'truediv', 'floordiv', 'mod', 'matmul', 'and_', 'or_', 'xor', 'lshift', 'rshift', 'lt', 'eq', 'ge', 'contains', 'getitem', 'delitem', 'iadd',
                                                 'isub', 'imul', 'ior', 'concat', 'pow')] + [divmod, isinstance, format, getattr, round]
UNARY = [len, iter, next, list, tuple, dict, set, str, repr, ascii, bytes, bytearray, bool, int, float, complex, abs, reversed, sorted, sum, min, max, operator.neg, operator.invert, operator.index, callable, memoryview,
         ''.join, b''.join, enumerate, any, all]
SKIP = {'__class__', '__init_subclass__', '__subclasshook__', '__sizeof__', '__dir__', '__reduce__', '__reduce_ex__', '__doc__', '__hash__', '__alloc__', '__getstate__', 'now', 'utcnow', 'today', 'astimezone', 'fromtimestamp',
        'timestamp', 'hex', '__basicsize__', 'buffer_info', '__new__', 'mro', '__subclasses__', '__mul__', '__rmul__', '__imul__', '__pow__', '__rpow__', '__lshift__', '__rlshift__', '__ipow__', '__ilshift__', 'zfill', 'ljust', 'rjust', 'center',
        'expandtabs', 'scaleb', 'shift', 'ln', 'exp', 'log10', '__init__', 'fileno', 'elements',
        '__vectorcalloffset__'}  # of an instance CPython reads memory that is no number
NAMES = {maker: sorted(name for name in dir(make()) if name not in SKIP) for maker, make in MAKERS.items()}


def small(random):
    return random.choice(VALUES[:64] if random.random() < .9 else VALUES)


def make(random):
    maker = random.choice(list(MAKERS))
    steps = []
    for _ in range(random.randrange(1, 5)):
        kind = random.random()
        if kind < .7:
            keywords = {random.choice(KEYWORDS): small(random)} if random.random() < .1 else {}
            steps.append((random.choice(NAMES[maker]), [small(random) for _ in range(random.choice((0, 0, 1, 1, 1, 2, 2, 3)))], keywords))
        elif kind < .9:
            steps.append((random.randrange(len(OPERATORS)), [small(random)], random.random() < .7))
        else:
            steps.append((-1 - random.randrange(len(UNARY)), [], None))
    return maker, steps


def is_wide(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and (value != value or abs(value) > 1000)


def step(value, what, arguments, extra):
    if isinstance(what, str):
        attribute = getattr(value, what)
        return attribute(*arguments, **extra) if callable(attribute) else attribute
    if what < 0:
        return UNARY[-1 - what](value)
    function = OPERATORS[what]
    left, right = (value, arguments[0]) if extra else (arguments[0], value)
    if function in (operator.mul, operator.imul, operator.pow, operator.lshift) and (is_wide(left) or is_wide(right)):
        return 'not tried'
    return function(left, right)


def shown(value):
    text = ascii(value)
    if ' at 0x' in text:
        text = re.sub(' at 0x[0-9a-f]+', '', text)
    if isinstance(value, (set, frozenset)):
        text = type(value).__name__ + ascii(sorted(map(ascii, value)))
    return f'{type(value).__name__} {text}'[:120]


def run(case):
    maker, steps = case
    value = MAKERS[maker]()
    out = []
    for what, arguments, extra in steps:
        try:
            result = step(value, what, arguments, extra)
            if type(result).__name__.endswith('iterator') or type(result) in (zip, enumerate, reversed):
                result = list(itertools.islice(result, 20))
            out.append(shown(result))
        except (MemoryError, RecursionError):
            return 'slow'
        except BaseException as error:
            out.append(re.sub(' at 0x[0-9a-f]+', '', f'{type(error).__name__} {ascii(str(error))}')[:160])
    return ' | '.join(out + [shown(value)])
