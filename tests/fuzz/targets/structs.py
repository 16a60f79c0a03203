"""struct: formats, packing and unpacking."""
import struct

CODES = list('xcbB?hHiIlLqQnNefdspP') + list('@=<>! \t') + ['0', '3', '12', '\0', 'Z', '\u00e9', '99999999999999999999',
                                                        '4611686018427387904q', '(']
VALUES = [0, 1, -1, 127, 128, 255, 256, 65535, 2 ** 31, -2 ** 31, 2 ** 63, 2 ** 64, 1.5, float('nan'), 1e300, 65520.0, b'',
          b'a', b'abc', 'a', None, True, bytearray(b'xy'), 2 ** 200]


def make(random):
    form = ''.join(random.choice(CODES) for _ in range(random.randrange(7)))
    values = [random.choice(VALUES) for _ in range(random.randrange(6))]
    data = bytes(random.choice((0, 1, 127, 128, 255, random.randrange(256))) for _ in range(random.randrange(40)))
    return random.choice(['pack', 'unpack', 'unpack', 'iter', 'from', 'into', 'size']), form, values, data


def run(case):
    kind, form, values, data = case
    size = struct.calcsize(form)
    if kind == 'size' or size > 10000:
        return str(size)
    if kind == 'pack':
        return repr(struct.pack(form, *values))
    if kind == 'unpack':
        return repr(struct.unpack(form, data.ljust(size, b'\x81')[:size]))
    if kind == 'iter':
        return repr(list(struct.iter_unpack(form, data)))
    if kind == 'from':
        return repr(struct.unpack_from(form, data, len(values) - 3))
    target = bytearray(data)
    struct.pack_into(form, target, len(values) - 3, *values)
    return repr(target)
