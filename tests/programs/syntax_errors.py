"""Syntax errors of many kinds, as a traceback shows them."""
import traceback
import warnings

SOURCES = [
    "print((1, 2]", "if x\n    pass", "if 1:\nx", "if 1:\n    x\n  y", "f() = 1", "(a.b := 1)", "if x = 3: pass", "print 'x'", "exec 'x'",
    "class = 3", "return 3", "class A: yield", "def f(): await x", "nonlocal x", "def f():\n    x = 1\n    global x",
    "*a = 1", "*a, *b = x", "f(a=1, 2)", "f(**a, *b)", "f(a=1, a=2)", "def f(a=1, b): pass", "def f(a, a): pass", "lambda *: 0",
    "x = 'abc", "x = '''abc", "x = (1,", "x = 1 $ 2", "print(“hi”)", "x = 0777", "1_000_", "0b12", "0o8", "0xg", "1.2.3", "5a", "1if 2else 3",
    "x = \\ 1", "'\\N{nosuch}'", "'\\x1'", "b'\\x1'", "b'é'", "x = [1 2]", "d = {'a': 1 'b': 2}", "{'a': }", "{1: 2, 3}", "{1, 2: 3}", "[x, y for x in z]",
    "from x import (a, b", "from . import *\nimport a.b as", "def f():\n    from x import *", "from x import", "import a.b as c.d", "from .x import y,",
    "x = 1\nfrom __future__ import annotations", "from __future__ import nosuch", "from __future__ import braces",
    "break", "def f():\n    continue", "try:\n    pass\nx", "try: pass\nexcept: pass\nexcept ValueError: pass", "try: pass\nexcept A, B: pass",
    "try: pass\nexcept* A: pass\nexcept B: pass", "try: pass\nexcept*: pass", "for x in y:\n    try: pass\n    except* A: break",
    "match x:\n    case a: pass\n    case b: pass", "match x:\n    case {'a': 1, **rest, 'b': 2}: pass", "match x:\n    case a | b: pass", "match x:\n    case A(x=1, 2): pass",
    "match x:\n    case 1 + 2: pass", "match x:\n    case [*a, *b]: pass", "match x:\n    case {1: a, 1: b}: pass", "match x:\n    case (a, a): pass", "match x:\npass",
    "del f()", "del 1", "del (a, b + 1)", "a, b += 1", "a, b: int", "1: int", "x = 1 if 2", "if a:\n    pass\nelse if b:\n    pass", "async x = 1", "async with a: pass",
    "def f():\n    async for x in y: pass", "def f():\n    return [x async for x in y]", "async def f():\n    yield 1\n    return 2", "async def f():\n    yield from x",
    "f'{a b}'", "f'{'", "f'}'", "f'{}'", "f'{a!x}'", "f'{a\\n}'", "f'{a:{b:{c}}}'", "f'{a!}'", "f'{lambda x: 1}'", "f'{a = !r:x'", "f'{#}'", "f'{*a}'", "f'{yield}'", "f'{a[}'", "rf'{(}'",
    "if 1:\n\tx\n        y", "x = 1\0", "None = 1", "def f(None): pass", "f(None=1)", "x.None = 1", "__debug__ = 1", "True := 1", "x = not", "f(x for x in y, 1)", "f(1, x for x in y)",
    "def f(/, a): pass", "def f(a, /, b, /): pass", "def f(*, /): pass", "def f(*): pass", "def f(*a, *b): pass", "def f(**k, a): pass", "def f(*a=1): pass", "def f(a:=1): pass",
    "x = a.", "def f() - > int: pass", "@\ndef f(): pass", "@a", "with open(x) as 1: pass", "with (a as b, c as 1): pass", "for 1 in x: pass", "for x y: pass", "for f() in x: pass", "while True\n    x",
    "def f:\n    pass", "def f()\n    pass", "class A\n    pass", "class A(:\n    pass", "x = 1 <> 2", "x++", "x = !y", ")", "(" * 250, "x = 1\u00a0+ 2", "x = 5 if", "x = [", "x = {1: [2, (3",
    "a = b = ", "x = (yield) = 1", "a + 1 = 2", "a and b = 2", "[a, 1] = 2", "{a} = 2", "'a' = 1", "f'{a}' = 1", "... = 1", "-a = 1", "a < b = 1", "(a for b in c) = 1", "lambda: 0 = 1", "a if b else c = 1", "await x = 1",
    "x = 1 2", "x = a b", "foo bar baz", "import", "raise a, b", "raise from x", "assert", "assert x, y, z", "global", "global x.y", "pass 1", "print(a b)", "print(a, b c)", "f(a, b=)", "f(=1)", "f(**)", "f(*)", "f(a b=1)", "f(a.b=1)", "f(1=2)", "f(a+b=1)", "f(True=1)",
    "x[1:2:3:4]", "x[]", "x[a=1]", "(a, b c)", "[a for a in]", "[for a in b]", "[a for]", "{a: b for a in}", "{**a for a in b}", "[*a for a in b]", "(*a)", "(**a)", "*a", "x = *a", "for *a in b: pass",
    "if True:\n    x = 1\n     y = 2", "  x = 1", "def f():\n    '''doc\n", "if x:\n", "for x in y:\n# c\n", "class A:\n", "def f():\n", "try:\n", "while 1:\n", "with a:\n", "else:\n    pass", "elif x: pass", "except: pass", "finally: pass", "case 1: pass",
    "def f():\n    nonlocal x", "def f(x):\n    nonlocal x", "def f(x):\n    global x", "def f():\n    print(x)\n    global x", "def f():\n    x: int\n    global x", "class A:\n    nonlocal y", "def f():\n    global x\n    nonlocal x",
    "[(x := 1) for x in y]", "[x for x in (y := z)]", "class A:\n    [x := 1 for y in z]", "[[(j := 0) for i in a] for j in b]", "x := 1", "(x := 1, y := 2) = 3", "lambda: x := 1", "f(x := 1, y = z := 2)", "def f(a = b := 1): pass", "{a := 1: 2}", "(x.y := 1)", "(x[0] := 1)",
    "a = 0xfg", "a = 1__0", "a = 1e", "a = 1e+", "a = 0_", "a = 00001", "a = 09.5x", "a = 1jx", "0b", "0x", "0o", "é = 1; 1é", "x = '\\u12'", "x = '\\U00110000'", "x = '\\N'", "x = '\\N{'", "b'\\xz'",
    "while a = b: pass", "elif = 1", "with = 1", "lambda x, x: 1", "lambda x=1, y: 1", "def f(a, b=1, /, c): pass", "class A(a=1, b): pass", "@property\nx = 1", "x: int: str", "async def f(): await", "return", "yield x", "async lambda: 0", "not = 1", "is x", "in x", "a not b", "a is is b", "a not not in b", "a === b", "a =+ = b", "a ! b", "a ? b : c", "a && b", "a || b", "$x", "`x`", "a -> b", "a => b", "a..b", "a...b", "x = [1,, 2]", "x = (,)", "x = {,}", "f(,)", "f(a,,b)", "a, = ", "import a,", "import a as 1", "from a import b as c as d", "from a import (b as)", "from a import *, b", "from a import (*)", "from a.*", "del", "del *a", "del a, *b", "for", "for x", "for x in", "if", "while", "with", "with a as", "with a as b c: pass", "with a, : pass", "try", "try: x", "class", "def", "lambda", "lambda:", "a if b", "if a: if b: pass", "x = if a: b", "def f(): return = 1", "print(1", "print(1))", "{", "}", "]", "(]", "{)", "[}", "'", '"', "'''", '"""', "'a' 'b", "r'\\'", "f'", "b'", "\\", "x = \\", "a\\\n", ";", "a;;b", ":", ",", ".", "=", "@", "->", "...x",
]

for number, source in enumerate(SOURCES):
    print(f"-- {number} {source!r:.60}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "<text>", "exec")
            print("fine")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            print(*traceback.format_exception_only(error), sep="", end="")
            if isinstance(error, SyntaxError):
                print(error.args[1:], error.lineno, error.offset, error.end_lineno, error.end_offset)
    for warning in caught:
        print(warning.category.__name__, warning.message, warning.lineno)
