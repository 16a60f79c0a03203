# Which parts of code objects are one object, as the flags and references of marshal tell.
import marshal

SOURCES = [
    'lambda x: lambda: x',
    '[i for i in x]; {i for i in x}; {i: i for i in x}; (i for i in x)',
    'def f(name): return name.attribute\ndef g(name): return name.attribute, "name"',
    'def f(x): return x in {"two words", "TWO WORDS"}',
    'x in {"__name__", "other_name"}\ndef f(x): return x in {"__name__", "other_name"}, 1',
    '__name__\ndef f(x): return x in {"__name__"}\ndef g(x): return x in {"__name__"}, 1',
    'def f(x): return x in {1, 2}\ndef g(x): return x in {1, 2}, 1',
    'def f(a, b): return a, (1, "x y")\ndef g(c, d): return c, (1, "x y"), 2',
    '"%s%%" % (a,); "%%%s" % (a,); "x%%%s" % (a,)',
    'b"\\x80"\ndef f(x):\n    def g(): return x, b"\\x80", b" "\n    return b"\\x80", b" "',
    'class A:\n    x: "int" = 1\n    def f(self): return super().f(__class__)',
]

for source in SOURCES:
    code = compile(source, 'file name', 'exec')
    for version in (2, 4):
        print(marshal.dumps(code, version).hex())
shared = ('a b', 'c')
print(marshal.dumps([shared, shared, frozenset([shared])]).hex())
