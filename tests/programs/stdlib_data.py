"""collections, itertools, functools, dataclasses, enum, typing, copy, pprint, heapq and their neighbours."""
import abc
import bisect
import collections
import contextlib
import contextvars
import copy
import dataclasses
import enum
import functools
import graphlib
import heapq
import itertools
import operator
import pprint
import reprlib
import types
import typing
import weakref

C = collections
counter = C.Counter("mississippi")
print(counter, counter.most_common(2), counter - C.Counter("miss"), counter & C.Counter("ssx"), +C.Counter(a=-1, b=2), counter.total(), list(counter.elements())[:3])
dq = C.deque([1, 2, 3], maxlen=3)
dq.append(4)
dq.rotate(1)
print(dq, dq.maxlen, repr(C.deque("ab")), C.deque([1]) < C.deque([2]))
od = C.OrderedDict(a=1, b=2, c=3)
od.move_to_end("a")
od.popitem(last=False)
print(od, od == {"a": 1, "c": 3}, list(reversed(od)), od | {"z": 1})
dd = C.defaultdict(list, x=[1])
dd["y"].append(2)
print(dd, dd.default_factory, C.ChainMap({"a": 1}, {"a": 2, "b": 3}), dict(C.ChainMap({"a": 1}, {"b": 3})))
Point = C.namedtuple("Point", "x y z", defaults=[0], module="m")
pt = Point(1, 2)
print(pt, pt._replace(y=5), pt._asdict(), Point._fields, Point._field_defaults, Point.__doc__, Point.x.__doc__, pt + (1,), Point.__new__.__defaults__)
for bad in (lambda: Point(), lambda: Point(1, 2, 3, 4), lambda: pt._replace(q=1), lambda: C.namedtuple("A", "a a"), lambda: C.namedtuple("A", "class"), lambda: setattr(pt, "x", 2), lambda: dq.__setitem__(9, 1), lambda: C.Counter(1), lambda: C.deque(maxlen=-1)):
    try:
        print(bad())
    except Exception as error:
        print(type(error).__name__, error)

i = itertools
print(list(i.accumulate([1, 2, 3], operator.mul, initial=2)), list(i.batched("abc", 2)) if hasattr(i, "batched") else "", list(i.chain.from_iterable(["ab", "c"])), list(i.combinations("abc", 2)), list(i.combinations_with_replacement("ab", 2)), list(i.compress("abc", [1, 0, 1])), list(i.dropwhile(str.islower, "abCd")), list(i.filterfalse(None, [0, 1])), [(k, list(g)) for k, g in i.groupby("aabba")], list(i.islice(i.count(5, 2.5), 1, 6, 2)), list(i.pairwise("abc")), list(i.permutations("abc", 2)), list(i.product("ab", repeat=2)), list(i.repeat(1, 2)), list(i.starmap(pow, [(2, 3)])), list(i.takewhile(bool, [1, 0, 1])), list(i.zip_longest("ab", "c", fillvalue="-")))
a, b = i.tee(iter(range(3)))
print(next(a), list(b), list(a), i.count(3), i.repeat("x", 2), i.cycle("a").__next__(), copy.copy(i.count(2)), next(i.count(10 ** 30)))


@functools.lru_cache(maxsize=2)
def cached(n, *, k=1):
    return n * k


cached(1), cached(2), cached(1), cached(3), cached(1, k=1)
print(cached.cache_info(), cached.cache_parameters(), cached.__wrapped__.__name__)
part = functools.partial(int, base=2)
print(part("101"), part, part.keywords, functools.reduce(operator.add, "abc", "x"), functools.partial(print, 1, sep="-")(2), sorted("bA", key=functools.cmp_to_key(lambda x, y: (x > y) - (x < y))))


@functools.total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n


print(Version(1) >= Version(0), Version.__ge__.__name__)


@functools.singledispatch
def dispatch(arg):
    return "default"


@dispatch.register
def _(arg: int | str):
    return "int or str"


print(dispatch(1), dispatch(""), dispatch([]), dispatch.registry.keys() >= {int, str}, dispatch.dispatch(bool).__name__)


@dataclasses.dataclass(order=True, slots=True, kw_only=False)
class Item:
    name: str
    price: float = dataclasses.field(default=0.0, compare=False, metadata={"unit": "€"})
    tags: list = dataclasses.field(default_factory=list, repr=False, hash=False)
    _: dataclasses.KW_ONLY
    size: typing.ClassVar[int] = 3
    extra: dataclasses.InitVar[int] = 5

    def __post_init__(self, extra):
        self.tags.append(extra)


item = Item("a", 2.5, extra=7)
print(item, item.tags, Item("a") == Item("a", 9, extra=5), Item("a") < Item("b"), dataclasses.asdict(item), dataclasses.astuple(item), dataclasses.replace(item, name="z", extra=1), [f.name for f in dataclasses.fields(Item)], Item.__slots__, Item.__match_args__, sep="\n")
for text in ("@dataclasses.dataclass\nclass A:\n  x: list = []", "@dataclasses.dataclass\nclass A:\n  x: int = 1\n  y: int", "Item()", "item.nosuch = 1", "dataclasses.replace(item, extra=1, q=2)", "dataclasses.fields(3)", "dataclasses.make_dataclass('M', ['a', ('b', int)], frozen=True)(1, 2).__setattr__('a', 1)"):
    try:
        exec(text)
    except Exception as error:
        print(type(error).__name__, error)


class Colour(enum.Enum):
    RED = 1
    GREEN = enum.auto()
    CRIMSON = 1

    @property
    def pretty(self):
        return self.name.title()

    @classmethod
    def _missing_(cls, value):
        return cls.RED if value == "r" else None


class Perm(enum.Flag):
    R, W, X = 4, 2, 1
    RW = R | W


class Num(enum.IntEnum):
    ONE = 1
    TWO = 2


class Names(enum.StrEnum):
    A = enum.auto()
    B = "bee"


print(Colour.RED, repr(Colour.GREEN), Colour("r"), Colour.CRIMSON is Colour.RED, list(Colour), Colour.__members__, Colour.GREEN.pretty, Colour["RED"], isinstance(Colour.RED, Colour))
print(Perm.R | Perm.X, repr(Perm.RW), ~Perm.R, Perm(0), list(Perm.RW), Perm.W in Perm.RW, bool(Perm(0)), Perm(7), Num.ONE + 1, f"{Num.TWO}", repr(Num.TWO), Names.A, Names.B.upper(), f"{Names.A!r}", enum.IntFlag("F", "a b c")(5), Colour.RED.__hash__() == hash("RED"))
for text in ("Colour(9)", "Colour['NO']", "Colour.RED.value2", "class D(Colour): pass", "Colour.RED = 3", "Perm(8)", "@enum.unique\nclass U(enum.Enum):\n  A = 1\n  B = 1", "class V(enum.Enum):\n  A = 1\n  A = 2", "Colour.RED < Colour.GREEN", "@enum.verify(enum.CONTINUOUS)\nclass W(enum.Enum):\n  A = 1\n  B = 3"):
    try:
        exec(text)
    except Exception as error:
        print(type(error).__name__, error)

T = typing.TypeVar("T", bound=int)
P = typing.ParamSpec("P")
print(typing.Optional[int], typing.Union[int, str, int], typing.Callable[[int], str], list[int], dict[str, list[T]][int], int | None, typing.Literal[1, "a"], typing.Annotated[int, "x"], typing.Callable[P, int], typing.Tuple[()], tuple[int, ...], typing.ClassVar[int], typing.Any, T, P.args, typing.Generic[T], typing.NoReturn, typing.get_args(dict[int, str]), typing.get_origin(typing.List[int]), typing.Unpack[typing.Tuple[int]], sep=" ; ")


class Movie(typing.TypedDict, total=False):
    title: typing.Required[str]
    year: "int"


class Proto(typing.Protocol[T]):
    def f(self) -> T: ...


class Box(typing.Generic[T]):
    x: T


@typing.runtime_checkable
class HasLen(typing.Protocol):
    def __len__(self): ...


class NT(typing.NamedTuple):
    a: int
    b: str = "x"


print(Movie(title="x"), Movie.__required_keys__, Movie.__optional_keys__, typing.get_type_hints(Movie), Box[int], Box[int].__args__, Box.__parameters__, isinstance([], HasLen), isinstance(1, HasLen), NT(1), NT.__annotations__, typing.NewType("U", int), typing.cast(int, "a"), typing.get_type_hints(NT), typing.is_typeddict(Movie))
for text in ("typing.Optional[1, 2]", "typing.Union[()]", "Box[int, str]", "list[int]()[0]", "typing.List[int][str]", "typing.Generic[int]", "Proto()", "isinstance([], list[int])", "typing.Literal", "typing.Any()", "typing.ClassVar[int][str]", "int | 3", "typing.TypeVar('T', int)", "isinstance(1, Proto)", "typing.Callable[int]", "typing.final(3)", "typing.assert_never(1)", "typing.get_type_hints(3)", "class B(Box[int], Box[int]): pass"):
    try:
        print(eval(text))
    except SyntaxError:
        try:
            exec(text)
        except Exception as error:
            print(text, type(error).__name__, error)
    except Exception as error:
        print(text, type(error).__name__, error)

heap = [5, 1, 4]
heapq.heapify(heap)
heapq.heappush(heap, 0)
print(heapq.heappop(heap), heapq.nlargest(2, heap), heapq.nsmallest(2, "hello", key=ord), heapq.heapreplace(heap, 9), heap, list(heapq.merge([1, 4], [2, 3], reverse=False)), bisect.bisect([1, 2, 2, 3], 2), bisect.bisect_left([1, 2, 2, 3], 2), bisect.insort([3, 1], 2))
nested = {"key": [1, (2, 3), {"deep": {"er": list(range(30))}}], "text": "word " * 30, "set": {3, 1, 2}, b"bytes": frozenset([1]), "od": C.OrderedDict(a=1), "dc": item, "ns": types.SimpleNamespace(a=1, b="c" * 80)}
pprint.pprint(nested, width=60)
pprint.pprint(nested, depth=2, compact=True, sort_dicts=False, underscore_numbers=True)
print(pprint.pformat([10 ** 10, "a" * 100], width=20, underscore_numbers=True), reprlib.repr(list(range(100))), reprlib.repr("x" * 100), pprint.saferepr(nested)[:40], pprint.isreadable(nested))
loop = [1]
loop.append(loop)
print(loop, copy.deepcopy(loop), pprint.isrecursive(loop), copy.copy(item) == item)
print([tuple(graphlib.TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}}).static_order())[0], types.MappingProxyType({"a": 1}), types.SimpleNamespace(x=1) == types.SimpleNamespace(x=1), type(lambda: 0) is types.FunctionType])
try:
    list(graphlib.TopologicalSorter({1: [2], 2: [1]}).static_order())
except graphlib.CycleError as error:
    print(error)


class Shape(abc.ABC):
    @property
    @abc.abstractmethod
    def area(self): ...

    @classmethod
    def __subclasshook__(cls, other):
        return hasattr(other, "area") or NotImplemented


print(issubclass(type("Sq", (), {"area": 1}), Shape), issubclass(int, Shape), Shape.__abstractmethods__)
with contextlib.suppress(KeyError), contextlib.ExitStack() as stack:
    stack.callback(print, "callback")
    stack.enter_context(contextlib.redirect_stdout(None))
    stack.push(lambda *exc: print("exit", exc[0]))
    {}["x"]
var = contextvars.ContextVar("var", default=1)
token = var.set(2)
print(var.get(), contextvars.copy_context().run(lambda: var.set(3) and var.get()), var.get(), token.old_value is contextvars.Token.MISSING, var.reset(token), var.get())


class Node:
    pass


n = Node()
ref, proxy, wd, ws = weakref.ref(n), weakref.proxy(n), weakref.WeakKeyDictionary({n: 1}), weakref.WeakSet([n])
weakref.finalize(n, print, "finalised")
print(ref() is n, len(wd), len(ws), proxy.__class__)
del n
print(ref(), len(wd), len(ws))
try:
    proxy.x
except ReferenceError as error:
    print(error)
print(operator.itemgetter(1, "a")({1: 2, "a": 3}), operator.methodcaller("upper")("a"), operator.attrgetter("real", "imag")(2j), operator.length_hint(iter([1, 2])), operator.indexOf([1, 2], 2), operator.countOf("aab", "a"), operator.concat([1], [2]), operator.call(int, "3"), operator.itemgetter(slice(1))("ab"), repr(operator.methodcaller("x", 1, k=2)), repr(operator.itemgetter(1)))
