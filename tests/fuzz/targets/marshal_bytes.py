"""marshal.loads over damaged data."""
import marshal
import types

CODE = compile("def f(a, b=1, *c, **d):\n  x = [1, 2.5, 'a', b'b', (1, (2,)), None, True, ..., 1j, 2**70, {1, 2}]\n  return lambda: x", 'f', 'exec')
VALUES = [[1, 2.5, 'a' * 300, '\u1234', b'b', (1, (2,)), None, True, ..., 1j, 2 ** 700, frozenset([1]), {1: 2, 'a': []}, {3}], CODE, ('a', 'a', 'b')]
SOURCES = [marshal.dumps(value, version) for value in VALUES for version in (0, 2, 4)]
TYPES = b'0NFTS.ilIfgxyst(u[{c<>RrzZaA)?\xe3\xf3\xa8\xa9\xfa\xda\xdb'


def make(random):
    data = bytearray(random.choice(SOURCES))
    for _ in range(random.randrange(1, 5)):
        at, kind = random.randrange(len(data) + 1), random.randrange(5)
        if kind == 0 and at < len(data):
            data[at] = random.randrange(256)
        elif kind == 1 and random.random() < .3:
            del data[at:]
        elif kind == 2:
            data[at:at] = bytes(random.choice(TYPES) for _ in range(random.randrange(4)))
        elif kind == 3 and at < len(data):
            data[at] = random.choice(TYPES)
        elif at < len(data):
            data[at] ^= 1 << random.randrange(8)
    return bytes(data)


def describe(value, depth=0):
    if depth > 20:
        return '...'
    if isinstance(value, types.CodeType):
        return f'code({value.co_name!r}, {value.co_code!r}, {describe(value.co_consts, depth + 1)})'
    if isinstance(value, (tuple, list)):
        return type(value).__name__ + repr([describe(item, depth + 1) for item in value[:30]])
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + repr(sorted(describe(item, depth + 1) for item in value))
    return repr(value)[:80]


def run(data):
    try:
        return describe(marshal.loads(data))
    except MemoryError:
        return 'slow'  # a length beyond memory: whether it is noticed before or after other damage is no matter
    except SystemError as error:
        return str(error).rpartition(': ')[2]
