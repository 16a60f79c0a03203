from dataclasses import dataclass


@dataclass
class Pt:
    x: int
    y: int


def m(v):
    match v:
        case 0 | 1:
            return "01"
        case int(n) if n > 100:
            return f"big {n}"
        case int() | float():
            return "num"
        case "a" | "b" as s:
            return s
        case []:
            return "empty"
        case [x]:
            return f"one {x}"
        case [x, *rest, y]:
            return (x, rest, y)
        case {"k": k, **r}:
            return (k, r)
        case Pt(x=0, y=yy):
            return yy
        case Pt(a, b):
            return (a, b)
        case None:
            return "none"
        case _:
            return "other"


for v in (0, 200, 5, 2.5, "a", "z", [], [1], [1, 2, 3], {"k": 1, "z": 2}, {}, Pt(0, 5), Pt(1, 2), None, (1, 2)):
    print(v, m(v))
try:
    match 1:
        case str(a, b):
            pass
    match "x":
        case str(a, b):
            pass
except TypeError as e:
    print(e)


def f(a, /, b, *args, c, d=4, **kw):
    return (a, b, args, c, d, kw)


print(f(1, 2, 3, c=5, e=6))
for call in (
    lambda: f(),
    lambda: f(1),
    lambda: f(1, 2),
    lambda: f(1, 2, c=3, a=1),
    lambda: f(1, b=2, c=3, **{"b": 1}),
    lambda: f(*1),
    lambda: f(**1),
    lambda: f(1, 2, c=1, **{1: 2}),
    lambda: (lambda x: x)(),
    lambda: (lambda x: x)(1, 2),
    lambda: (lambda *, k: k)(1),
    lambda: len(),
    lambda: len(1),
    lambda: print(foo=1),
    lambda: int(1, 2, 3),
    lambda: "a".join(),
    lambda: [].append(),
    lambda: dict(1),
    lambda: range(1.5),
    lambda: range(1, 2, 0),
    lambda: max(),
    lambda: max([]),
    lambda: sum(["a"]),
    lambda: sorted([1, "a"]),
    lambda: iter(1),
    lambda: next([]),
    lambda: isinstance(1, 1),
    lambda: open("/nonexistent"),
    lambda: getattr(1, "x"),
    lambda: (1)(),
    lambda: 1[0],
    lambda: None.foo,
    lambda: [] + (),
    lambda: {} + {},
    lambda: -"a",
    lambda: not_defined,
    lambda: __import__("nope.x"),
    lambda: exec("1+"),
    lambda: eval("1 2"),
    lambda: abs("x"),
    lambda: zip([1], [1, 2], strict=True).__next__() and list(zip([1], [1, 2], strict=True)),
    lambda: enumerate(),
    lambda: type(1, 2),
    lambda: object(1),
    lambda: hash([]),
    lambda: chr(0x110000),
    lambda: setattr(1, "a", 1),
    lambda: vars(1),
    lambda: sum(1),
    lambda: reversed({1}),
    lambda: bytes(1, 2),
    lambda: slice(),
    lambda: input.x,
    lambda: round("a"),
    lambda: pow("a", 2),
    lambda: ord(1),
    lambda: format(1, 2),
    lambda: map(),
    lambda: filter(1),
    lambda: memoryview(1),
    lambda: issubclass(1, int),
    lambda: compile("a", "b", "c"),
    lambda: int([]),
    lambda: float([]),
    lambda: complex([]),
    lambda: str(1, 2),
    lambda: list(1),
    lambda: tuple(1),
    lambda: set(1),
    lambda: {1} | [2],
    lambda: [1] < 2,
    lambda: 1 @ 2,
    lambda: (5).real.imag.foo,
):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
