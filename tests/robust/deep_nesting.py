"""Nests everything 100,000 deep: each ends in an answer or an exception, never in a signal. CPython 3.11 itself crashes on
some of it, so the expected output is kept by hand."""
import ast
import copy
import functools
import json
import pickle
import sys
import types


def t(name, f):
    try:
        f()
        print(name, "ok")
    except (RecursionError, MemoryError, SyntaxError) as error:
        print(name, type(error).__name__)


N = 100000


def nest(kind):
    x = kind()
    for _ in range(N):
        x = [x] if kind is list else (x,) if kind is tuple else {1: x}
    return x


l, l2 = nest(list), nest(list)
tt, t2 = nest(tuple), nest(tuple)
d, d2 = nest(dict), nest(dict)
t("repr list", lambda: repr(l))
t("repr tuple", lambda: repr(tt))
t("repr dict", lambda: repr(d))
t("eq list", lambda: l == l2)
t("eq tuple", lambda: tt == t2)
t("eq dict", lambda: d == d2)
t("lt", lambda: l < l2)
try:  # tuples are hashed as deep as the C stack allows
    hash(tt)
except RecursionError:
    pass
t("copy", lambda: copy.deepcopy(l))
t("pickle", lambda: pickle.dumps(l))
t("pickle py", lambda: pickle._dumps(l))
t("json", lambda: json.dumps(l))
t("json loads", lambda: json.loads("[" * N))
t("eval paren", lambda: eval("(" * N + ")" * N))
t("eval list", lambda: eval("[" * N + "]" * N))
t("eval unary", lambda: eval("-" * N + "1"))
t("eval not", lambda: eval("not " * N + "1"))
t("eval plus", lambda: eval("+".join(["1"] * N)))
t("eval attr", lambda: compile("a" + ".b" * N, "s", "eval"))
t("eval call", lambda: compile("a" + "()" * N, "s", "eval"))
t("eval sub", lambda: compile("a" + "[0]" * N, "s", "eval"))
t("pow", lambda: eval("1" + "**1" * N))
t("lambda", lambda: eval("lambda:" * N + "1"))
t("ifelse", lambda: eval("1 if 1 else " * N + "1"))
t("fstr", lambda: eval("f'{" * 100 + "1" + "}'" * 100))
t("ifs", lambda: compile("".join(" " * i + "if 1:\n" for i in range(2000)) + " " * 2000 + "pass", "s", "exec"))
t("elif", lambda: compile("if a: pass\n" + "elif a: pass\n" * N, "s", "exec"))
t("cmp", lambda: eval("1" + "<1" * N))
t("and", lambda: eval("1" + " and 1" * N))
t("str", lambda: eval("'a' " * N))


class A:
    def __getattr__(s, n):
        return getattr(s, n + "x") if len(n) < 5 else s.__getattr__(n)


t("getattr", lambda: A().x)


class B:
    def __repr__(s):
        return repr(s)

    def __eq__(s, o):
        return s == o

    def __hash__(s):
        return hash(s)

    def __call__(s):
        return s()

    def __str__(s):
        return str(s)

    def __len__(s):
        return len(s)

    def __add__(s, o):
        return s + o

    def __iter__(s):
        return iter(s)

    def __bool__(s):
        return bool(s)

    def __index__(s):
        return s.__index__()

    def __getitem__(s, i):
        return s[i]

    def __contains__(s, i):
        return i in s

    def __del__(s):
        pass

    def __format__(s, f):
        return format(s, f)

    def __lt__(s, o):
        return s < o


b = B()
for n, f in dict(
    repr=repr,
    eq=lambda x: x == B(),
    hash=hash,
    call=lambda x: x(),
    str=str,
    len=len,
    add=lambda x: x + x,
    iter=iter,
    bool=bool,
    index=lambda x: [1][x],
    getitem=lambda x: x[0],
    contains=lambda x: 1 in x,
    format=format,
    lt=lambda x: x < B(),
    sort=lambda x: sorted([B(), B()]),
).items():
    t(n, lambda: f(b))


def rec():
    rec()


t("rec", rec)
t("map", lambda: list((lambda f: f(f, iter([1])))(lambda f, it, n=[0]: it)))
it = iter([1])
for _ in range(N):
    it = map(int, it)
t("map chain", lambda: next(it))
del it


def g(x):
    yield from x


x = iter([1])
for _ in range(N):
    x = g(x)
t("gen chain", lambda: next(x))
del x


def gi(n):
    yield n
    yield from gi(n + 1)


t("gen rec", lambda: list(gi(0)))
f = int
for _ in range(N):
    f = functools.partial(f)
t("partial", lambda: f("1"))
p = int
for _ in range(N):
    p = functools.partial(lambda q, x: q(x), p)
t("partial2", lambda: p("1"))
del p
e = None
for _ in range(N):
    n = ValueError()
    n.__context__ = e
    e = n
del e, n
print("exc chain freed")


class Node:
    def __init__(s, n):
        s.n = n


h = None
for _ in range(N):
    h = Node(h)
del h
print("nodes freed")


class ND(Node):
    def __del__(s):
        pass


h = None
for _ in range(N):
    h = ND(h)
del h
print("del nodes freed")
o = object()
for _ in range(N):
    o = [o].__iter__()
del o
o = object()
for _ in range(N):
    o = (lambda o: lambda: o)(o)
del o
o = None
for _ in range(N):
    o = slice(o)
del o
o = iter([])
for _ in range(N):
    o = zip(o)
del o
print("freed")
s = type


class M(type):
    def __instancecheck__(c, i):
        return isinstance(i, c)


class Q(metaclass=M):
    pass


t("isinstance", lambda: isinstance(1, Q))
nt = int
for _ in range(N):
    nt = (nt,)
t("isinstance tup", lambda: isinstance("", nt))
u = int
for _ in range(1000):
    u = list[u]
t("genalias", lambda: repr(u))
ll = []
ll.append(ll)
print(ll)
dd = {}
dd[1] = dd
print(dd)
t("selfeq", lambda: ll == [ll])
a = ast.Name("x", ast.Load(), lineno=1, col_offset=0)
for _ in range(N):
    a = ast.UnaryOp(ast.Not(), a, lineno=1, col_offset=0)
t("ast compile", lambda: compile(ast.Expression(a), "s", "eval"))


def rl(n):
    sys.setrecursionlimit(n)


for v in (0, -1, 1):
    try:
        rl(v)
    except Exception as e:
        print(type(e).__name__, e)
sys.setrecursionlimit(1000000)


class GA:
    def __getattribute__(s, n):
        return getattr(s, n)


t("getattribute", lambda: GA().x)
t("rec big", rec)
t("repr big", lambda: repr(l))
t("repr big", lambda: repr(b))
t("eqbig", lambda: l == l2)
t("sortkey", lambda: sorted([l, l2]))
t("re", lambda: __import__("re").compile("(" * 5000 + ")" * 5000))
t("re2", lambda: __import__("re").match("(?:a|b)*c", "ab" * 100000))
print("end")
