"""Functions, classes and closures travel by value to another process and back."""
import abc
import collections
import dataclasses
import enum
import functools
import io
import itertools
import logging
import operator
import pickle
import subprocess
import sys
import types
import typing
import weakref

import cloudpickle

T = typing.TypeVar("T")
factor = 3


def scale(x, *more, power: int = 2, **others) -> int:
    """Uses a global."""
    return factor * x**power + sum(more) + len(others)


scale.note = {"own": scale.__doc__}


def counter():
    count = 0

    def step(by=1):
        nonlocal count
        count += by
        return count

    def reset():
        nonlocal count
        count = 0

    return step, reset


def recursive(n): return 1 if n < 2 else n * recursive(n - 1)


def generate(n):
    yield from (i * factor for i in range(n))


async def wait(): return [i async for i in stream()]


async def stream(): yield factor


class Meta(abc.ABCMeta):
    def __new__(mcls, name, bases, namespace, extra=None):
        cls = super().__new__(mcls, name, bases, namespace)
        cls.extra = extra
        return cls


class Shape(metaclass=Meta, extra="e"):
    __slots__ = ("side", "__weakref__")

    def __init__(self, side): self.side = side

    @abc.abstractmethod
    def area(self): ...

    @classmethod
    def unit(cls): return cls(1)

    @staticmethod
    def helper(x): return scale(x)

    @property
    def double(self): return self.side * 2

    def __eq__(self, other): return type(self) is type(other) and self.side == other.side

    def __hash__(self): return hash(self.side)


class Square(Shape):
    __slots__ = ()

    def area(self): return self.side**2

    def __repr__(self): return f"{__class__.__name__}({self.side})"


class Colour(enum.Flag):
    RED = 1
    BLUE = enum.auto()

    def shout(self): return self.name.upper()


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: list = dataclasses.field(default_factory=list, compare=False)
    kind: typing.ClassVar[str] = "p"


Pair = collections.namedtuple("Pair", "a b", defaults=[1])


class Stack(typing.Generic[T]):
    items: list[T]

    def __init__(self, *items: T) -> None: self.items = list(items)


class Lazy:
    by_kind = {int: lambda self: "int", str: lambda self: "str"}

    def __getattr__(self, name): return f"made {name}"

    def __init_subclass__(cls, /, tag="none"): cls.tag = tag

    def show(self, x): return self.by_kind[type(x)](self)


def there_and_back(thing, protocol=None):
    return pickle.loads(cloudpickle.dumps(thing, protocol))


step, reset = counter()
step(5)
again, again_reset = there_and_back((step, reset))
print(again(), again(2), again_reset(), again(), step())
f = there_and_back(scale)
print(f(2), f(2, 1, power=3, k=0), f.__doc__, f.note, f.__annotations__, f.__kwdefaults__, f.__module__, f.__qualname__)
print(
    there_and_back(recursive)(10), list(there_and_back(generate)(3)), next(there_and_back(lambda: (yield 5))()))
for thing in (operator.itemgetter(1), functools.partial(scale, 1, power=1), "abc".upper, [].append, len, itertools.count(3),
              types.SimpleNamespace(a=1), collections.OrderedDict(a=1).keys(), {1: 2}.items(), range(3), ..., NotImplemented,
              type(None), memoryview(b"ab"), logging.getLogger("a.b"), collections.ChainMap({1: 2}), types.MappingProxyType({1: 2})):
    try:
        print(repr(there_and_back(thing)).split(" at 0x")[0])
    except Exception as error:
        print(type(thing).__name__, type(error).__name__, error)
print(there_and_back(types.MethodType(scale, 4))(), there_and_back(property(scale)).fget(1))

buffer = io.StringIO("text")
buffer.read(2)
module = types.ModuleType("made_here")
exec("def f(): return g()\ndef g(): return __name__\nvalue = 1", module.__dict__)
print(there_and_back(module).f(), there_and_back(module.f)())
for bad in (sys._getframe(), (i for i in ()), weakref.ref(Square(1)), open(__file__)):
    try:
        print(type(there_and_back(bad)).__name__)
    except Exception as error:
        print(type(error).__name__, error)

child = """
import pickle, sys
things = pickle.load(sys.stdin.buffer)
import cloudpickle, asyncio, inspect
Square, Shape, Colour, Point, Pair, Stack, Lazy, wait, scale, deep = things
print(Square.unit().area(), Square(3), Square(2) == Square(2), Square.helper(1), Square.extra, Square.__mro__, file=sys.stderr)
try: Shape(1)
except TypeError as error: print(error, file=sys.stderr)
print(Colour.RED | Colour.BLUE, Colour(2).shout(), list(Colour), Colour["RED"] is Colour(1), file=sys.stderr)
print(Point(1, [2]), Point(1) < Point(2), Point.kind, Point.__match_args__, Pair(3), file=sys.stderr)
print(Stack[int], Stack[int](1).items, Stack.__parameters__, Lazy().value, Lazy().show(1), Lazy().show(""), type("Sub", (Lazy,), {}, tag=2).tag, file=sys.stderr)
print(asyncio.run(wait()), inspect.signature(scale), deep(3)(4)(5), file=sys.stderr)
Square.area = lambda self: -self.side
sys.stdout.buffer.write(cloudpickle.dumps((Square(5), Colour.BLUE, Point(1), Stack(1), Square.area, scale)))
"""
deep = lambda a: lambda b: lambda c, k=[a, b]: (a, b, c, k, factor)
things = [Square, Shape, Colour, Point, Pair, Stack, Lazy, wait, scale, deep]
for protocol in (4, 5):
    done = subprocess.run([sys.executable, "-c", child], input=cloudpickle.dumps(things, protocol), capture_output=True)
    sys.stdout.write(done.stderr.decode())
    square, colour, point, stack, area, scaled = pickle.loads(done.stdout)
    print(square, type(square) is Square, square.area(), colour is Colour.BLUE, point == Point(1), type(stack) is Stack, area(square),
          scaled(1) == scale(1), scaled is scale)
    del Square.area
    Square.area = lambda self: self.side**2
