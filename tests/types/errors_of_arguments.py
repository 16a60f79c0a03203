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

# Messages of wrong counts and kinds, as each way of parsing arguments words them.
for value in [], (), "", b"", bytearray():
    show(value.__mul__)
    show(value.__rmul__, 1, 2)
for iterator in iter(range(3)), iter(""), iter("é"), iter(b""), iter(bytearray()), iter([]), iter(()):
    show(iterator.__setstate__, None)
    show(iterator.__setstate__, 1.5)
    show(iterator.__setstate__, 2**63)
show(str.maketrans, 1, 1)
show(str.maketrans, 1, "", 1)
show(str.maketrans, 1, "")
show(importlib.import_module("_collections")._count_elements, 1, 1)
time = importlib.import_module("time")
show(time.asctime, ())
show(time.mktime, (1,) * 10)
show(time.strftime, "", (1,) * 8)
for function in "".find, b"".count, {1}.union, time.ctime, importlib.import_module("math").log, range(2).__reduce__:
    show(lambda: function(k=1))
    show(lambda: function(**{1: 2}))
show(lambda: "".find(k=1))
datetime = importlib.import_module("datetime")
for arguments in {}, {"k": 1}, {"year": 1, "k": 1}, {"year": 1, "month": 1, "day": 1, "k": 1}, {"year": "a"}:
    show(lambda: datetime.date(**arguments))
    show(lambda: datetime.datetime(**arguments))
show(datetime.date, 1, "a")
show(datetime.date, 1, 2, 3, 4)
show(lambda: datetime.time(k=1))
show(lambda: type(datetime.tzinfo(1, k=1)))


class NoRepr:
    def __repr__(self):
        raise RuntimeError


show([].index, NoRepr())
group = ExceptionGroup("g", [ValueError(1)])
show(group.split)
show(group.subgroup, 1, 2)
show(group.derive)
ordered = importlib.import_module("collections").OrderedDict(a=1)
for key in None, (), (1, 2), "x":
    show(ordered.move_to_end, key)
    show(ordered.pop, key)
    show(ordered.__delitem__, key)
show(setattr, UnicodeDecodeError("utf-8", b"x", 0, 1, "r"), "end", None)
show(setattr, UnicodeDecodeError("utf-8", b"x", 0, 1, "r"), "start", 2**63)
try:
    importlib.import_module("_codecs").decode(1)
except TypeError as e:
    print(e, repr(e.__cause__), e.__context__)
struct = importlib.import_module("_struct")
show(struct.unpack, 1, 1)
show(struct.unpack_from, "zz", 1, "a")
show(struct.unpack_from, "b", 1, "a")
show(struct.unpack_from, "b", b"a", "a")
