# memoryview: indexing, casts, comparison, release.
import array
import struct


def show(text):
    try:
        value = eval(text)
        print(text, '->', 'view' if isinstance(value, memoryview) else ascii(value))
    except Exception as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


def put(view, key, value):
    view[key] = value
    return view.tobytes()


m = memoryview(b'abcdef')
w = memoryview(bytearray(b'abcdef'))
z = memoryview(bytearray(struct.pack('i', 5))).cast('i', shape=[])
d = memoryview(bytes(range(12))).cast('B', shape=[3, 4])
i3 = memoryview(bytes(range(24))).cast('B', shape=[2, 3, 4])
h = memoryview(array.array('h', [1, 2, 3]))
dbl = memoryview(array.array('d', [1.5, float('nan')]))
rel = memoryview(b'x')
rel.release()
for name in ('m', 'w', 'z', 'd', 'i3', 'h', 'dbl', 'rel', 'm[::2]', 'm[::-1]', 'm[3:1]', 'd[1:]', 'd[::-1]', 'i3[::-1]', 'memoryview(b"")'):
    for text in ('tolist()', 'tobytes()', 'tobytes("F")', 'tobytes("A")', 'hex()', 'shape', 'strides', 'suboffsets', 'ndim', 'nbytes', 'itemsize', 'format', 'readonly', 'contiguous',
                 'c_contiguous', 'f_contiguous', 'obj', '__len__()', 'toreadonly().readonly', '__getitem__(0)', '__getitem__(-1)', '__getitem__(99)', '__getitem__(())', '__getitem__(...)',
                 '__getitem__((0, 1))', '__getitem__((1, 2, 3))', '__getitem__(slice(0, 2))', '__getitem__((slice(0, 1), slice(0, 1)))', '__getitem__("a")', '__getitem__((0, slice(1)))',
                 'cast("B").tolist()', 'cast("c").tolist()', 'cast("b").tolist()', 'cast("H").tolist()', 'cast("@i").tolist()', 'cast("q")', 'cast("x")', 'cast("BB")', 'cast(1)',
                 'cast("B", [2, 3]).tolist()', 'cast("B", (6,)).tolist()', 'cast("B", 1)', 'cast("B", ["a"])', 'cast("B", [0])', 'cast("B", [-1])', 'cast("B", [1] * 65)', '__eq__(m)', '__eq__(w)',
                 '__eq__(b"abcdef")', '__ne__(d)', '__lt__(m)', '__eq__(1)', '__iter__'):
        show(f'{name}.{text}' if text != '__iter__' else f'list({name})')
    show(f'bytes({name})')
    show(f'hash({name}) == hash(bytes({name}))')
for text in ['put(m, 0, 1)', 'put(w, 0, 256)', 'put(w, 0, "a")', 'put(w, 0, None)', 'put(w, 9, 1)', 'put(w, slice(0, 2), b"a")', 'put(w, slice(0, 2), [1])', 'put(w, slice(0, 2), b"zz")',
             'put(w, slice(0, 4), w[1:5])', 'put(w, slice(1, 5), w[0:4])', 'put(w, slice(None, None, 2), b"ABC")', 'w.__delitem__(0)', 'put(h, 0, 99999)', 'put(h, 0, -5)', 'put(h, slice(0, 1), b"ab")',
             'put(z, (), 7)', 'put(z, ..., 8)', 'put(z, 0, 8)', 'put(w.cast("B", [2, 3]), (1, 2), 88)', 'put(w.cast("B", [2, 3]), 0, 88)', 'put(w.cast("B", [2, 3]), slice(0, 1), b"")', 'w.tobytes()',
             'dbl == dbl', 'dbl[:1] == array.array("d", [1.5])', 'h == array.array("i", h.tolist())', 'h == array.array("d", h.tolist())', 'memoryview(1)', 'memoryview()', 'memoryview(object=b"a") == b"a"',
             'm.obj is memoryview(m).obj', 'm.__enter__() is m', 'm.tobytes(order=None)', 'm.tobytes(1)', 'm.tobytes("X")', 'd.hex("-", 2)', 'rel == rel', 'rel == m', 'rel.release()', 'repr(rel)[:20]',
             'repr(m)[:11]', 'm.tolist(1)', 'm.cast("B", shape=[6], x=1)', '97 in m', 'list(reversed(m))', 'm.index', 'memoryview(b"ab") == memoryview(b"ab").cast("c")', 'm[1:3][0]', 'm[2:][::-2].tolist()']:
    show(text)
for code, values in {'b': (-128, 127, 128), 'B': (0, 255, -1), 'h': (-5, 40000), 'H': (5, 70000), 'i': (-1, 2**31), 'I': (2**32 - 1, 2**32), 'l': (-2**63, 2**63), 'L': (2**64 - 1, -1),
                     'q': (1, 2**63), 'Q': (2**64 - 1, 2**64), 'n': (-1,), 'N': (1, -1), 'f': (1.5, 1e300, 'a'), 'd': (2.5, 1), '?': (True, 0, [1], []), 'c': (b'z', b'zz', 1), 'P': (1, -1, 2**64)}.items():
    for value in values:
        show(f'put(memoryview(bytearray(8)).cast({code!r}), 0, {value!r})')
    show(f'memoryview(bytes(range(1, 9))).cast({code!r}).tolist()')
b = bytearray(b'abc')
v = memoryview(b)
v2 = memoryview(v)
show('b.append(1)')
v.release()
show('b.append(1)')
v2.release()
show('b.append(1)')
with memoryview(b) as v:
    held = memoryview(v)
show('v[0]')
outer = memoryview(b)
import io
stream = io.BytesIO(b'abcdef')
inner = stream.getbuffer()
part = memoryview(inner)
show('stream.close()')
part.release()
inner.release()
show('stream.close()')
import _weakref
ref = _weakref.ref(outer)
del outer
print(ref())
