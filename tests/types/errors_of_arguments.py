# Sizes, buffers and names that cannot be: the exceptions they raise.
import importlib
import io
import os
import sys


def show(function, *args):
    try:
        print(ascii(function(*args)))
    except Exception as e:
        print(type(e).__name__, ascii(str(e)))


class Sized(int):
    def __sizeof__(self):
        return int(self)


class BadLen:
    def __iter__(self):
        return iter(range(10))

    def __len__(self):
        raise RuntimeError("no length")


def keywords(x=2):
    pass


for size in sys.maxsize, sys.maxsize + 1, -1:
    show(sys.getsizeof, Sized(size))
print(type.__basicsize__, [sys.getsizeof(t) for t in (int, type, object)])
for target in memoryview(b"abcd"), b"abc", "x", 5:
    show(io.BytesIO(b"ZZZZ").readinto, target)
    show(io.BufferedReader(io.BytesIO(b"zz")).readinto1, target)
    with open(os.devnull, "rb", 0) as raw:
        show(raw.readinto, target)
show(bytearray().extend, BadLen())
show([].extend, BadLen())
for source in "keywords(**{1: 3}, **{1: 5})", "keywords(**{1: 3})", "keywords(**{'x': 2}, **{'x': 3})":
    show(eval, source)
for path in "a\0b", b"a\0b/..", "x//y/../z", "\0", "\udcff/..", "":
    show(os.path.normpath, path)
show(importlib.import_module, "no-such-\udcff")
one, none = b"x", 0
print(one * none is b"".join([]), one * 1 is one, (b"ab" * 3, b"abc" * 5, b"" * 7, b"x" * -2))
for source in ("compile(1, 2, 3)", "compile('1', 'a', 3)", "os.stat('a\\0b')", "os.stat(b'a\\0b')", "sys.audit()", "sys.audit(1)",
               "io.FileIO(1.5)", "open(1.5)", "'%c' % 10**20", "format(3 + 4j, '0>5')"):
    show(eval, source)
