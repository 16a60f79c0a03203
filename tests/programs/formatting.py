for v in (0, 1, -1, 12345, 1.5, -0.0, 1e100, 1e-7, float("inf"), float("nan"), 123456789.123456789, 2**70):
    for s in (
        "",
        "d",
        "x",
        "#x",
        "08.3f",
        "+",
        ",",
        "_",
        "e",
        "g",
        "%",
        ">10",
        "<10",
        "^10",
        "*^12",
        "n",
        ".2e",
        "c",
        "b",
        "o",
        "#o",
        "+.1f",
        "10.3",
        ",.2f",
        "=+10",
    ):
        try:
            print(repr(format(v, s)), end=" ")
        except Exception as e:
            print(type(e).__name__, e, end=" ")
    print()
for s in ("", "10", ".2", "^10.1", "d", "=10", "s", ">5s", "x<5", "0", "05"):
    try:
        print(repr(format("abc", s)), end=" ")
    except Exception as e:
        print(type(e).__name__, e, end=" ")
print()
for f, a in (
    ("%d", 3.7),
    ("%s", (1,)),
    ("%5.2f|%-5d|%+d", (3.14159, 3, 4)),
    ("%x %X %o %#x", (255,) * 4),
    ("%c%c", ("a", 98)),
    ("%r %a", ("é", "é")),
    ("%(a)s %(b)05d", {"a": 1, "b": 2}),
    ("%d", "x"),
    ("%d", ()),
    ("%d %d", (1,)),
    ("%d", (1, 2)),
    ("%*d", (5, 3)),
    ("%.3s", "abcdef"),
    ("%%", ()),
    ("%z", 1),
    ("%", 1),
    ("%i", 1 + 2j),
    ("%e", 12345.678),
    ("%g", 1e-10),
    ("%(x)", {}),
    ("%(x)s", 1),
):
    try:
        print(repr(f % a))
    except Exception as e:
        print(type(e).__name__, e)
x = 3
y = "s"
print(f"{x=} {y!r:>5} {x:{x}d} {x!s} {'a' if x else 'b'} {{}} {x=:5} {y=!s}")
print("{} {} {0}".format(1, 2) if 0 else "{0} {1} {0} {a.real} {b[0]} {c[k]}".format(1, 2, a=3, b=[4], c={"k": 5}))
for f in ("{} {0}", "{", "}", "{a}", "{0.x}", "{0[}", "{!x}", "{:{}}"):
    try:
        print(f.format(1))
    except Exception as e:
        print(type(e).__name__, e)
