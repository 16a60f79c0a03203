"""Corner cases of the language in one go."""
import dataclasses
import functools
import operator
import sys


def show(label, *values):
    print(f"{label}:", *values)


# f-strings
width, precision, value, name = 12, 4, 3.14159265, "naïve"
show("fstring", f"{value:{width}.{precision}}|{value!r:>{width}}|{name!a}|{name:^{width}}|{value=:.2f}|{width = !s:>5}|{{}}")
show("nested", f'''{f"{f'{1 + 1}'}"}''', f"{'a' if width else 'b'}", f"{(lambda x: x * 2)(3)}", f"{ {1: 2}[1] }", f"{width:#x} {width:08b} {-width:+,d} {1e10:,.3f}")
show("format", "{0.real:>{1}} {2[a]} {2[0]} {!r}".format(*[1], 5, {"a": "x", 0: "z"}) if False else "{0.real:>{1}} {2[a]}".format(1, 5, {"a": "x"}))
for spec in ("", "5", "<5", "^+9.2e", "010.3f", "%", ".0%", "g", "#.3g", "n", "_.2f", ",", "e", "=+10"):
    print(repr(format(1234.5678, spec)), repr(format(-0.0, spec)), end=" ")
print()
for spec in ("d", "x", "#X", "o", "#b", "c", "_d", "_x", ",", "+d", " d", "=+8d", "*^9"):
    print(repr(format(1234567, spec)) if spec != "c" else repr(format(97, spec)), end=" ")
print()
for call in ("format(1, 's')", "format('a', 'd')", "format(1.5, 'd')", "'{'.format()", "'}'.format()", "'{}{1}'.format(1, 2)", "'{a}'.format()",
             "'{0.x}'.format(1)", "'{:{}}'.format(1)", "format('a', '=5')", "format(3, '.2')", "format(2, ',x')", "'%(a)s' % 1", "'%s %s' % (1,)", "'%c' % 'ab'",
             "'%x' % 1.5", "'%*d' % (5, 3)", "'%-+5d|' % 3", "'%#o %i %e %G' % (8, 2.9, 1, 1e-10)", "b'%b %a' % (b'x', 'é')", "'%y' % 1"):
    try:
        print(call, "->", repr(eval(call)))
    except Exception as error:
        print(call, "->", type(error).__name__, error)


# match
@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


def classify(subject):
    match subject:
        case 0 | 1 | -1:
            return "small"
        case int(n) if n > 100:
            return f"big {n}"
        case float() | complex():
            return "inexact"
        case Point(x=0, y=0):
            return "origin"
        case Point(0, y) | Point(y, 0):
            return f"axis {y}"
        case Point():
            return "point"
        case {"kind": str(kind), "size": [w, h], **rest}:
            return kind, w, h, rest
        case [first, *_, last] if first == last:
            return "same ends"
        case [Point(x=a), [b, [c]]]:
            return a, b, c
        case (a, b):
            return "pair", a, b
        case [] | ():
            return "empty"
        case "a" "b" | b"ab":
            return "ab"
        case None | True | False:
            return "singleton"
        case str() as text:
            return text.upper()
        case _:
            return type(subject).__name__


for subject in (1, 500, 50, 2.5, 1j, Point(0), Point(0, 4), Point(5), Point(1, 2), {"kind": "box", "size": (1, 2), "z": 3}, {"kind": 1}, [1, 2, 1],
                [Point(7), [8, [9]]], (3, 4), [], "ab", b"ab", None, True, "text", {1}, range(2), bytearray(b"xy")):
    print(classify(subject), end="; ")
print()


# scopes, closures, comprehensions, walrus
def scopes():
    x = [i for i in range(3)]
    fs = [lambda: i for i in range(3)]
    gs = [lambda i=i: i for i in range(3)]
    if (n := len(x)) > 2 and (m := [y := n + k for k in x]):
        pass

    def outer():
        nonlocal n
        n += 1

        class Inner:
            n = 5
            got = [n for _ in "a"]
        return Inner.got
    return [f() for f in fs], [g() for g in gs], n, m, y, outer(), n, sorted(locals())


show("scopes", scopes())
show("unpack", *[1, *range(2), *"ab"], {**{"a": 1}, "b": 2, **{"a": 3}}, (lambda *a, k=1, **kw: (a, k, kw))(*[1], 2, *(3,), k=4, **{"z": 5}))
(a, *b), c, *d = [1, 2, 3], 4
show("targets", a, b, c, d)
a, b[0:1], c = b, [9, 9], a
show("slices", a, b, c)


# order of evaluation
class Log:
    def __init__(self, name):
        self.name = name

    def __getattr__(self, attribute):
        print(f"{self.name}.{attribute}", end=" ")
        return Log(f"{self.name}.{attribute}")

    def __setattr__(self, attribute, value):
        print(f"set {attribute}", end=" ") if attribute != "name" else object.__setattr__(self, attribute, value)

    def __getitem__(self, key):
        print(f"{self.name}[]", end=" ")
        return Log("item")

    def __setitem__(self, key, value):
        print(f"{self.name}[]=", end=" ")

    def __add__(self, other):
        print("add", end=" ")
        return self

    def __iadd__(self, other):
        print("iadd", end=" ")
        return self

    def __lt__(self, other):
        print("lt", end=" ")
        return True

    def __call__(self, *args, **kwargs):
        print(f"call {self.name}{len(args)}{sorted(kwargs)}", end=" ")
        return self


p, q = Log("p"), Log("q")
p.a[q.b] = q.c + p.d
p.x += q.y
p.f(q.g, k=p.h, *[q.i], **{"z": 1})
p.l < q.m < p.n
print({p.k1: p.v1, p.k2: p.v2} and None, [p.e for _ in "ab" if q.c] and None)


# classes
class Field:
    def __set_name__(self, owner, name):
        self.name = name
        print(f"set_name {owner.__name__}.{name}", end=" ")

    def __get__(self, instance, owner=None):
        return self if instance is None else instance.__dict__.get(self.name, "unset")

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value * 2


class Base:
    registry = []

    def __init_subclass__(cls, /, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.registry.append((cls.__name__, tag))

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"


class Child(Base, tag="first"):
    value = Field()
    other: "int" = Field()

    def __init__(self):
        self.value = 4

    __hash__ = None

    @property
    def p(self):
        """Doc."""
        return 1

    @p.setter
    def p(self, v):
        raise AttributeError("no")

    @functools.cached_property
    def cached(self):
        print("computed", end=" ")
        return 8

    @functools.singledispatchmethod
    def kind(self, arg):
        return "object"

    @kind.register
    def _(self, arg: int):
        return "int"

    @kind.register(list)
    @kind.register(tuple)
    def _(self, arg):
        return "sequence"


class Grand(Child, Base, tag="second"):
    __slots__ = ("z", "__private")

    def __eq__(self, other):
        return NotImplemented


c = Child()
print(c.value, c.other, c.cached, c.cached, c.kind(1), c.kind([]), c.kind(""), Base.registry, Base[int], Child.__annotations__, Grand.__mro__)
for action in (lambda: hash(c), lambda: setattr(c, "p", 1), lambda: delattr(c, "p"), lambda: Grand() == 1, lambda: Grand().z, lambda: Grand() < 1, lambda: setattr(Grand, "x", 1) or Grand.x):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)


# generators
def gen():
    try:
        received = yield 1
        while received:
            try:
                received = yield received * 2
            except ValueError as error:
                received = yield f"caught {error}"
    finally:
        print("closing", end=" ")
    return "result"


def delegate():
    got = yield from gen()
    yield f"got {got}"


g = delegate()
print(next(g), g.send(5), g.throw(ValueError("v")), g.send(3), g.send(None), g.gi_running, g.gi_yieldfrom)
g = delegate()
next(g)
g.close()
print([*gen()], list(zip(gen(), "abc")), g.gi_frame, sys.getrefcount(g) - 1)


# chained comparison, boolean operators, conditional, in-place on tuples
t = ([],)
try:
    t[0] += [1]
except TypeError as error:
    print(error, t)
print(1 < 2 < 3 != 4 is not None, 0 or [] or "last", 1 and "" and 2, not [], operator.attrgetter("a.b")(p) and "", 3 if [] else 4)
for i in range(3):
    for j in range(3):
        if j == 2:
            break
        if i == 1:
            continue
    else:
        print("no break")
else:
    print("done", i, j)
del i, j
with open("/dev/null") as first, open("/dev/null", "wb") as second:
    print(first.mode, second.mode, first.closed)
print(first.closed, __name__, __debug__, ..., Ellipsis is ..., NotImplemented, 0x_ff, 0b1_0, 1_000.5e-3, 1J, 'a' 'b', r'\n', b'\x00\xff', "\N{SNOWMAN}")
