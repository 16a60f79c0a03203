"""Instances of the native types, iterators among them in the middle of their work: size, length hint, pickling by every
protocol, copying, weak references, hashing, attributes."""

import _collections
import _csv
import _io
import _random
import _struct
import _thread
import array
import binascii
import collections
import contextvars
import copy
import datetime
import functools
import gc
import inspect
import io
import itertools
import operator
import os
import pickle
import re
import select
import socket
import sys
import time
import types
import warnings
import weakref
import zlib
from hashlib import blake2b, md5, sha1, sha256, sha3_256, sha512
from xml.etree import ElementTree
from xml.parsers import expat

warnings.simplefilter("ignore", DeprecationWarning)


class Plain:
    """Has an attribute dictionary and may be weakly referenced."""

    def __init__(self):
        self.a = 1

    def method(self):
        return self

    def __getitem__(self, index):
        if index > 4:
            raise IndexError
        return index


class Slotted:
    __slots__ = ("a",)


def plain_function(a, /, b=1, *, c=2):
    return a, b, c


def closure():
    cell = 1
    return lambda: cell


def generator():
    yield 1
    yield 2


async def coroutine():
    pass


async def asyncgen():
    yield 1


def advanced(iterator, steps=1):
    for _ in range(steps):
        next(iterator)
    return iterator


def exhausted(iterator):
    for _ in iterator:
        pass
    return iterator


SHARED = Plain()
NUMBERS = [1, 2, 3, 4, 5]
TABLE = {"a": 1, "b": 2, "c": 3}
ORDERED = collections.OrderedDict(TABLE)
DEQUE = collections.deque(NUMBERS, 9)

CASES = """
None
True
False
...
NotImplemented
0
1
-5
2 ** 30
2 ** 64
-2 ** 200
0.0
-0.0
1.5
float("inf")
float("nan")
1j
complex(2, -0.0)
""
"a"
"abc"
"\\u20ac"
"\\U0001f600 and more"
"a" * 100
b""
b"abc"
bytearray()
bytearray(b"abc")
memoryview(b"abc")
()
(1,)
(1, 2, 3)
[]
[1]
[1, 2, 3]
[None] * 7
list(range(20))
{}
{"a": 1}
{1: 2, 3: 4}
{i: i for i in range(6)}
{i: i for i in range(11)}
dict.fromkeys("abcdefgh")
set()
{1}
set(range(5))
set(range(50))
frozenset()
frozenset([1, 2])
frozenset(range(6))
range(5)
range(2 ** 70)
slice(1, 2, 3)
object()
Plain()
Slotted()
Plain
Slotted
int
type
types
sys
plain_function
closure()
closure().__closure__[0]
Plain().method
len
[].append
list.append
list.__add__
[].__add__
dict.fromkeys
dict.__dict__["fromkeys"]
int.real
int.__dict__["real"]
types.FunctionType.__dict__["__closure__"]
plain_function.__code__
plain_function.__code__.co_lines()
plain_function.__code__.co_positions()
generator()
advanced(generator())
coroutine
asyncgen()
asyncgen().asend(None)
asyncgen().athrow(ValueError)
asyncgen().__anext__()
sys._getframe()
property(len)
staticmethod(plain_function)
classmethod(plain_function)
super(Plain, SHARED)
types.MappingProxyType(TABLE)
types.SimpleNamespace(a=1)
types.ModuleType("m")
list[int]
dict[str, list[int]]
int | str
iter(list[int])
iter(())
iter([])
iter([1, 2, 3])
advanced(iter(NUMBERS), 2)
exhausted(iter([1]))
advanced(reversed(NUMBERS))
exhausted(reversed([1]))
advanced(iter((1, 2, 3)))
exhausted(iter((1,)))
advanced(iter("abc"))
advanced(iter("\\u20acbc"))
exhausted(iter("a"))
advanced(iter(b"abc"))
advanced(iter(bytearray(b"abc")))
exhausted(iter(bytearray(b"a")))
advanced(iter(memoryview(b"abc")))
advanced(iter(range(5)))
advanced(iter(range(2 ** 70, 2 ** 70 + 5)))
advanced(reversed(range(5)))
advanced(iter({7: 1}.items()))
advanced(iter(TABLE))
advanced(iter(TABLE.values()))
advanced(iter(TABLE.items()))
advanced(reversed(TABLE))
advanced(reversed(TABLE.values()))
advanced(reversed(TABLE.items()))
exhausted(iter(dict(TABLE)))
TABLE.keys()
TABLE.values()
TABLE.items()
advanced(iter({1}))
exhausted(iter({1}))
iter(frozenset([1, 2]))
advanced(iter(Plain()))
exhausted(iter(Plain()))
iter(int, 1)
advanced(iter(int, 1))
exhausted(iter(int, 0))
enumerate(NUMBERS)
advanced(enumerate(NUMBERS, 5))
advanced(enumerate(NUMBERS, 2 ** 70))
advanced(zip(NUMBERS, "abc"))
zip()
zip("ab", "cd", strict=True)
advanced(map(abs, NUMBERS))
map(max, NUMBERS, NUMBERS)
advanced(filter(None, NUMBERS))
filter(bool, NUMBERS)
itertools.count()
advanced(itertools.count(5, 2))
advanced(itertools.count(2 ** 63 - 1), 2)
advanced(itertools.count(1.5, .5))
advanced(itertools.cycle("abc"))
advanced(itertools.cycle("abc"), 4)
itertools.repeat(1)
advanced(itertools.repeat("x", 5), 2)
advanced(itertools.accumulate(NUMBERS))
itertools.accumulate(NUMBERS)
itertools.accumulate(NUMBERS, max, initial=7)
advanced(itertools.accumulate(NUMBERS, max, initial=7))
advanced(itertools.accumulate([None, 1], max))
advanced(itertools.chain("ab", "cd"), 3)
itertools.chain()
advanced(itertools.chain.from_iterable(["ab", "cd"]))
exhausted(itertools.chain("a"))
advanced(itertools.compress("abc", [1, 1, 1]))
advanced(itertools.dropwhile((2).__gt__, NUMBERS))
itertools.dropwhile(abs, [0, 1])
advanced(itertools.filterfalse(None, [0, 0, 1]))
advanced(itertools.groupby("aabb"))
next(itertools.groupby("aabb"))[1]
advanced(itertools.islice(NUMBERS, 1, 5, 2))
itertools.islice(NUMBERS, 3)
exhausted(itertools.islice(NUMBERS, 3))
advanced(itertools.pairwise(NUMBERS))
advanced(itertools.starmap(pow, [(1, 2), (3, 4)]))
advanced(itertools.takewhile(abs, NUMBERS))
exhausted(itertools.takewhile(abs, [1, 0, 1]))
itertools.tee(NUMBERS)[0]
advanced(itertools.tee(NUMBERS)[1])
itertools._tee_dataobject([1, 2], [], None)
advanced(itertools.zip_longest("ab", "c"))
advanced(itertools.zip_longest("ab", "c", fillvalue=0), 2)
advanced(itertools.product("ab", repeat=2))
itertools.product("ab", "")
exhausted(itertools.product("a"))
advanced(itertools.permutations("abc", 2), 2)
itertools.permutations("a", 2)
exhausted(itertools.permutations("a"))
advanced(itertools.combinations("abc", 2), 2)
itertools.combinations("a", 2)
exhausted(itertools.combinations("ab", 2))
advanced(itertools.combinations_with_replacement("abc", 2), 2)
exhausted(itertools.combinations_with_replacement("ab", 2))
collections.deque()
DEQUE
collections.deque(range(200))
advanced(iter(DEQUE))
exhausted(iter(collections.deque([1])))
advanced(reversed(DEQUE))
collections.defaultdict(list, a=[1])
collections.OrderedDict()
ORDERED
ORDERED.keys()
ORDERED.values()
ORDERED.items()
advanced(iter(ORDERED))
advanced(iter(ORDERED.items()))
advanced(reversed(ORDERED.values()))
exhausted(iter(collections.OrderedDict(a=1)))
_collections._tuplegetter(0, "doc")
functools.partial(print, 1, sep="")
functools.partial(functools.partial(print, 1), 2)
functools.lru_cache(plain_function)
functools.cmp_to_key(max)(1)
operator.itemgetter(1)
operator.itemgetter(1, 2)
operator.attrgetter("a")
operator.attrgetter("a.b", "c")
operator.methodcaller("m", 1, k=2)
array.array("i")
array.array("d", [1.5])
array.array("u", "ab")
advanced(iter(array.array("b", [1, 2])))
exhausted(iter(array.array("b", [1, 2])))
_struct.Struct("ii")
advanced(_struct.iter_unpack("b", b"ab"))
_random.Random(1)
re.compile("a(b)", re.I)
re.compile(b"a")
re.match("a(b)?", "ac")
re.compile("a").scanner("a")
weakref.ref(SHARED)
weakref.proxy(SHARED)
contextvars.ContextVar("v")
contextvars.Context()
contextvars.copy_context().items()
contextvars.ContextVar("v").set(1)
contextvars.Token.MISSING
_thread.allocate_lock()
_thread.RLock()
_thread._local()
io.BytesIO(b"abc")
io.StringIO("a\\nb")
io.BufferedReader(io.BytesIO(b"abc"))
io.BufferedWriter(io.BytesIO(b"abc"))
io.BufferedRandom(io.BytesIO(b"abc"))
io.BufferedRWPair(io.BytesIO(b"abc"), io.BytesIO(b"abc"))
io.TextIOWrapper(io.BytesIO(b"abc"))
io.FileIO("instance_facts.py")
io.IncrementalNewlineDecoder(None, True)
pickle.Pickler(io.BytesIO())
pickle.Unpickler(io.BytesIO())
pickle.Pickler(io.BytesIO()).memo
pickle.PickleBuffer(b"abc")
_csv.reader([])
_csv.writer(io.StringIO())
_csv.Dialect()
zlib.compressobj()
zlib.decompressobj()
md5()
sha1(b"a")
sha256(b"a")
sha512(b"a")
sha3_256(b"a")
blake2b(b"a")
datetime.date(2020, 1, 2)
datetime.time(1, 2, 3, 4)
datetime.time(1, fold=1, tzinfo=datetime.timezone.utc)
datetime.datetime(2020, 1, 2, 3, 4, 5, 6)
datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc, fold=1)
datetime.timedelta(1, 2, 3)
datetime.timezone(datetime.timedelta(hours=1), "n")
datetime.timezone.utc
datetime.tzinfo()
datetime.date(2020, 1, 2).isocalendar()
time.gmtime(0)
time.struct_time(range(11))
os.stat_result(range(19))
os.terminal_size((1, 2))
os.sched_param(1)
os.times_result(range(5))
os.uname_result("abcde")
sys.version_info
sys.float_info
sys.flags
sys.int_info
sys.hash_info
sys.thread_info
select.poll()
select.epoll()
expat.ParserCreate()
ElementTree.Element("a", {"b": "c"})
ElementTree.TreeBuilder()
BaseException()
ValueError(1, 2)
OSError(2, "text", "file")
OSError(1)
StopIteration(5)
SystemExit(3)
KeyError("k")
ImportError("m", name="n", path="p")
AttributeError("m", name="n", obj=1)
NameError("m", name="n")
SyntaxError("m", ("f", 1, 2, "text", 3, 4))
UnicodeDecodeError("utf-8", b"x", 0, 1, "r")
UnicodeEncodeError("utf-8", "x", 0, 1, "r")
UnicodeTranslateError("x", 0, 1, "r")
ExceptionGroup("g", [ValueError(1)])
BaseExceptionGroup("g", [KeyboardInterrupt()])
ExceptionGroup("g", [ValueError(1)]).split(ValueError)[0]
binascii.Error("e")
zlib.error("e")
_csv.Error("e")
io.UnsupportedOperation("e")
"""


def outcome(action, *args, show=repr):
    try:
        text = show(action(*args))
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
    return blanked(text)


def blanked(text):
    """Without addresses and folders."""
    return re.sub(r"0x[0-9a-f]+|/[\w./-]+/(?=\w+\.py)", "0x", text)


def simple(value):
    if isinstance(value, (list, dict, tuple, set, str, bytes, int, float, frozenset, type(None), types.FunctionType)):
        return repr(value)
    return type(value).__qualname__


def reduced(value):
    if isinstance(value, str):
        return value
    return "(" + ", ".join(part.__qualname__ if callable(part) else simple(part) for part in value) + ")"


def pickled(make, protocol):
    text = pickle.dumps(make(), protocol)
    return f"{len(text)} bytes {zlib.crc32(text):x}", what(pickle.loads(text))


def by_protocol(action):
    """One line for all protocols, equal neighbours named once."""
    texts = [outcome(action, protocol, show=str) for protocol in range(6)]
    parts = [f"[{i}] {text}" if i else text for i, text in enumerate(texts) if i == 0 or texts[i - 1] != text]
    return " ".join(parts)


def pickles(make):
    results = []

    def size_only(protocol):
        size, again = pickled(make, protocol)
        results.append(again)
        return size

    line = by_protocol(size_only)
    return f"{line} -> {results[0]}" if results and len(set(results)) == 1 else f"{line} {results or ''}"


def what(value):
    """The value itself, or what an iterator has left."""
    kind = type(value).__qualname__
    if hasattr(value, "__next__") and not isinstance(value, io.IOBase):
        return f"{kind} with {list(itertools.islice(value, 8))}"
    return blanked(f"{kind} {value!r}")


def copied(make, copier):
    value = make()
    again = copier(value)
    return "itself" if again is value else what(again)


def usual(value, text):
    """no: the message that most types have."""
    name = type(value).__name__
    full = name if type(value).__module__ == "builtins" else f"{type(value).__module__}.{name}"
    messages = {f"TypeError: object of type '{full}' has no len()", f"TypeError: '{full}' object is not iterable",
                f"TypeError: cannot create weak reference to '{full}' object",
                f"AttributeError: '{full}' object has no attribute '__dict__'",
                f"AttributeError: '{full}' object has no attribute 'krait_probe'"}
    return "no" if text in messages else text


def describe(source):
    def make():
        return eval(source)

    value = make()
    facts = {
        "type": type(value).__qualname__,
        "repr": outcome(repr, value),
        "sizeof": outcome(sys.getsizeof, value),
        "own": outcome(lambda: value.__sizeof__()) if not isinstance(value, type) else "",
        "hint": outcome(operator.length_hint, value),
        "len": outcome(len, value),
        "bool": outcome(bool, value),
        "hash": outcome(lambda: hash(value) is not None),
        "iter": outcome(iter, value, show=lambda found: "itself" if found is value else type(found).__name__),
        "weakref": outcome(weakref.ref, value, show=lambda found: "yes"),
        "tracked": gc.is_tracked(value),
        "own dict": outcome(lambda: sorted(value.__dict__)[:3]),
        "set": outcome(setattr, value, "krait_probe", 1) if not isinstance(value, (types.ModuleType, type)) else "",
        "reduce": outcome(lambda: reduced(value.__reduce__()), show=str),
    }
    if not isinstance(value, (types.FrameType, types.ModuleType, type)):
        facts["reduce_ex"] = by_protocol(lambda protocol: reduced(make().__reduce_ex__(protocol)))
        facts["pickle"] = outcome(pickles, make, show=str)
        facts["copy"] = outcome(copied, make, copy.copy, show=str)
        facts["deepcopy"] = outcome(copied, make, copy.deepcopy, show=str)
        facts["getstate"] = outcome(lambda: simple(value.__getstate__()), show=str)
    print(f"== {source}")
    short = ("sizeof", "own", "hint", "len", "bool", "hash", "iter", "weakref", "tracked", "own dict", "set")
    print("  " + "; ".join(f"{name} {usual(value, facts[name])}" for name in short if facts[name] != ""))
    said = {f"{facts['type']} {facts['repr'][1:-1]}": "the same"}
    for name, text in facts.items():
        if name not in short:
            print(f"  {name}: {said.get(str(text).strip(chr(34)), text)}")
            said.setdefault(str(text), f"as {name}")


for case in CASES.strip().splitlines():
    describe(case)
