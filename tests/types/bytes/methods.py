# Methods of bytes and bytearray on edge cases, printed for comparison with CPython.
import itertools
import pickle


def show(text):
    try:
        value = eval(text)
        shown = [bytes(v) if isinstance(v, memoryview) else v for v in value] if isinstance(value, tuple) else value
        print(text, '->', ascii(shown), type(value).__name__)
    except Exception as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


class B(bytes):
    pass


class BA(bytearray):
    pass


class Idx:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class HasBytes:
    def __bytes__(self):
        return b'HB'


class BadBytes:
    def __bytes__(self):
        return 'x'


SAMPLES = [b'', b'a', b'abc', b'Hello World', b'  pad\t\n', b'a,b,,c', b'\xff\x80\x00', b"it's", b'it\'s "q"', b'-42', b'a\tb', b'x\r\ny\nz\rw', b'123', b'aAbB1']
NULLARY = ['capitalize', 'lower', 'upper', 'title', 'swapcase', 'strip', 'lstrip', 'rstrip', 'split', 'rsplit', 'splitlines', 'isalnum', 'isalpha',
           'isascii', 'isdigit', 'islower', 'isspace', 'istitle', 'isupper', 'expandtabs', 'hex', '__len__', '__repr__', '__sizeof__']
for kind in ('', 'bytearray'):
    for sample in SAMPLES:
        value = f'{kind}({sample!r})'
        for name in NULLARY:
            show(f'{value}.{name}()')
        for text in ('[::-1]', '[1:3]', '[::2]', ' * 3', ' * 0', '.zfill(6)', '.center(9, b"*")', '.ljust(8)', '.rjust(8, b"x")', '.splitlines(True)', '.hex(":")',
                     '.hex(":", 2)', '.hex(":", -2)', '.hex("-", 0)', ' + b"z"', ' + bytearray(b"z")', '.decode("latin-1")'):
            show(value + text)
        for other in ('b""', 'b"a"', 'b"l"', 'bytearray(b"b")', 'memoryview(b",")', '97', '256', '-1', '"a"', 'None', '1.5'):
            for name in ('find', 'rfind', 'count', 'startswith', 'endswith', 'partition', 'rpartition', 'split', 'rsplit', 'index', 'removeprefix', 'removesuffix',
                         'strip', '__contains__', '__eq__', '__lt__', '__add__'):
                show(f'{value}.{name}({other})')
            show(f'{value}.replace({other}, b"XY")')
            show(f'{other} in {value}')
for text in ['bytes()', 'bytes(3)', 'bytes(-1)', 'bytes(Idx(2))', 'bytes(Idx(-2))', 'bytes(10**30)', 'bytes([1, 2])', 'bytes([256])', 'bytes([-1])', 'bytes(["a"])', 'bytes("a")',
             'bytes("a", "utf8")', 'bytes("é", "ascii")', 'bytes("é", "ascii", "ignore")', 'bytes("a", errors="x")', 'bytes(1, "x")', 'bytes(b"a", "x")', 'bytes(encoding="x")',
             'bytes(errors="x")', 'bytes(HasBytes())', 'bytes(BadBytes())', 'bytes(1.5)', 'bytes(None)', 'bytes(range(3))', 'bytes((1, 2))', 'bytes({1: 2})', 'bytes(source=b"k")',
             'bytes(1, 2, 3, 4)', 'bytes(x=1)', 'bytes(memoryview(b"abcd")[::2])', 'B(b"abc")', 'type(B(b"a") + b"")', 'type(B(b"abc")[:])', 'type(B(b"abc").strip())', 'B("é", "utf8")',
             'bytearray()', 'bytearray(3)', 'bytearray(-1)', 'bytearray("a")', 'bytearray("é", "utf8")', 'bytearray([256])', 'bytearray(1.5)', 'bytearray(HasBytes())', 'bytearray(b"a", "x")',
             'bytearray(range(5))', 'BA(b"xy")', 'repr(BA(b"xy"))', 'bytes.fromhex("12 ab\\nCD")', 'bytes.fromhex("1")', 'bytes.fromhex("1 2")', 'bytes.fromhex("zz")', 'bytes.fromhex(b"12")',
             'bytes.fromhex("1é")', 'B.fromhex("4142")', 'BA.fromhex("4142")', 'bytearray.fromhex("00ff")', 'bytes.maketrans(b"ab", b"xy")[95:100]', 'bytes.maketrans(b"a", b"xy")',
             'bytes.maketrans("a", b"x")', 'b"abc".translate(None, b"b")', 'b"abc".translate(bytes.maketrans(b"a", b"z"))', 'b"abc".translate(b"x")', 'b"abc".translate(None, delete=b"a")',
             'b"abc".translate(1)', 'b"abc"[1]', 'b"abc"[9]', 'b"abc"["a"]', 'b"abc"[Idx(-1)]', 'b"abc"[10**30]', 'bytearray(b"abc")[9]', 'bytearray(b"abc")["a"]', 'b",".join([b"a", bytearray(b"b")])',
             'b",".join(["a"])', 'b",".join(1)', 'bytearray(b",").join([b"a"])', 'b"".join([b"q"])', 'b"a".join((b"x", memoryview(b"y")))', 'b"a".center(5, "x")', 'b"a".center(5, b"xy")',
             'b"a".center(5, bytearray(b"-"))', 'b"a".startswith((b"x", b"a"))', 'b"a".startswith((b"x", 1))', 'b"a".startswith([])', 'b"abc".find(b"c", 1, 2)', 'b"abc".find(b"c", "x")', 'b"abc".find()',
             'b"abc".count(b"", 1)', 'b"a".hex("ab")', 'b"a".hex(1)', 'b"a".hex("é")', 'b"abc".hex(b"-")', 'b"abc".hex(sep="-", bytes_per_sep=2)', 'b"a" + "b"', '"a" + b"b"', 'b"a" + 1',
             'bytearray(b"a") + "b"', 'b"a" < "b"', 'b"a" == "a"', 'b"a" == bytearray(b"a")', 'bytearray(b"a") == b"a"', 'bytearray(b"a") < b"b"', 'b"a" < bytearray(b"b")', 'hash(b"abc") == hash(B(b"abc"))',
             'hash(bytearray())', 'b"%d" % 5', 'b"%s %b" % (b"a", bytearray(b"b"))', 'b"%s" % "a"', 'b"%c%c" % (65, b"B")', 'b"%c" % 256', 'b"%c" % b"ab"', 'b"%r %a" % ("é", "x")', 'b"%(a)s" % {b"a": b"1"}',
             'b"%(a)s" % {"a": b"1"}', 'b"%f" % "a"', 'b"%.2f|%5d|%-5s|" % (1.5, 2, b"x")', 'b"%x" % 255', 'b"%z" % 1', 'b"%zf|%z.0f|%zd" % (-0.0, -0.3, -5)', 'b"%" % 1', 'b"%s" % HasBytes()', 'b"%s" % 1', 'b"%s %s" % b"a"', 'b"a" % 1',
             'bytearray(b"%d") % 5', 'b"%.1s|%.1r" % (b"abc", "abc")', 'b"%5c|" % 65', 'b"%.99999999999s" % b""', 'b"abc".decode()', 'b"\\xff".decode()', 'b"\\xff".decode("ascii", "replace")', 'b"a".decode(1)',
             'b"a".decode("utf-16")', 'bytearray(b"abc").decode("ascii")', 'list(b"abc")', 'iter(b"ab").__reduce__()', 'iter(bytearray(b"ab")).__reduce__()', 'list(reversed(b"abc"))', 'b"abc".__getnewargs__()',
             'bytearray(b"abc").__reduce__()', 'bytearray(b"abc").__reduce_ex__(2)', 'bytearray(b"abc").__reduce_ex__(3)', 'bytearray().__reduce_ex__(4)', 'pickle.loads(pickle.dumps(BA(b"x")))',
             'b"a" * 10**30', 'b"a" * -1', 'b"a" * "x"', 'bytes(b"x") is bytes(b"x")', 'str(b"a")', 'b"abc".__bytes__()', 'B(b"abc").__bytes__()', 'b"a\\tb".expandtabs(4)', 'b"ab".replace(b"", b"-")',
             'b"ab".replace(b"", b"-", 2)', 'b"aaa".replace(b"a", b"bb", 2)', 'b"a".replace("a", b"")', 'b"a".split(b"")', 'b"a b c".split(None, 1)', 'b"a b c".rsplit(None, 1)', 'b"a".zfill(3)', 'b"+a".zfill(5)']:
    show(text)


def change(text, start=b'abcdef'):
    value = bytearray(start)
    try:
        result = eval(text, globals(), {'v': value})
    except Exception as error:
        result = (type(error).__name__, str(error))
    print(text, '->', ascii(result), value, value.__alloc__())


for text in ['v.append(65)', 'v.append(256)', 'v.append("a")', 'v.extend(b"xyz")', 'v.extend([1, 2])', 'v.extend([256])', 'v.extend("ab")', 'v.extend(1)', 'v.extend(v)', 'v.insert(0, 1)',
             'v.insert(-1, 1)', 'v.insert(99, 1)', 'v.insert(0, 300)', 'v.pop()', 'v.pop(0)', 'v.pop(-2)', 'v.pop(9)', 'v.remove(97)', 'v.remove(1)', 'v.remove(300)', 'v.reverse()', 'v.clear()',
             'v.copy()', 'v.__setitem__(0, 65)', 'v.__setitem__(9, 65)', 'v.__setitem__(0, 256)', 'v.__setitem__(0, "a")', 'v.__setitem__(slice(1, 3), b"XYZW")', 'v.__setitem__(slice(1, 3), b"")',
             'v.__setitem__(slice(None, 2), [1, 2, 3])', 'v.__setitem__(slice(0, 2), "ab")', 'v.__setitem__(slice(0, 2), 5)', 'v.__setitem__(slice(None, None, 2), b"123")',
             'v.__setitem__(slice(None, None, 2), b"12")', 'v.__setitem__(slice(0, 2), v)', 'v.__setitem__(slice(5, 1), b"Q")', 'v.__delitem__(0)', 'v.__delitem__(-1)', 'v.__delitem__(9)',
             'v.__delitem__(slice(1, 3))', 'v.__delitem__(slice(None, None, 2))', 'v.__delitem__(slice(None, None, -2))', 'v.__delitem__(slice(0, 3))', 'v.__iadd__(b"123")', 'v.__iadd__("a")',
             'v.__iadd__(v)', 'v.__imul__(3)', 'v.__imul__(0)', 'v.__imul__(-1)', 'v.__init__(b"new")', 'v.__init__(2)', 'v.__setitem__("a", 1)', 'v.__setitem__(slice(1, 3), memoryview(b"zz"))']:
    change(text)
    change(text, b'')
v = bytearray(b'abc')
m = memoryview(v)
for text in ['v.append(1)', 'v.clear()', 'v.pop()', 'v.__delitem__(0)', 'v.__setitem__(slice(0, 1), b"xy")', 'v.__setitem__(slice(0, 1), b"x")', 'v.extend(b"")', 'v.extend(b"x")', 'v.__imul__(2)']:
    show(text)
m.release()
v.append(100)
print(v)
grown = bytearray()
allocs = []
for i in range(200):
    grown.append(i)
    allocs.append(grown.__alloc__())
print(allocs)
while grown:
    grown.pop()
    allocs.append(grown.__alloc__())
print(allocs[200:])
front = bytearray(range(50))
for i in range(40):
    del front[0]
print(front, front.__alloc__())
for form in b"%\xc3", b"%5.2\xff", b"%.\xff", b"%0\xff", b"%i", b"%u", b"%d":
    for kind in bytes, bytearray:
        try:
            kind(form) % {}
        except (ValueError, TypeError) as error:
            print(form, kind.__name__, type(error).__name__, error.args)
