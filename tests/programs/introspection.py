import inspect, dis, traceback, ast, tokenize, io, sys, gc, weakref, types, operator, symtable


def f(a, b: int = 2, /, c=3, *args, d, e: "str" = "x", **kw) -> list:
    "doc"
    return a


print(
    inspect.signature(f),
    inspect.getfullargspec(f),
    inspect.getsource(f),
    inspect.getdoc(f),
    f.__defaults__,
    f.__kwdefaults__,
    f.__annotations__,
)
print(
    inspect.signature(print),
    inspect.signature(int.from_bytes),
    inspect.signature(str.split),
    inspect.signature(dict.get),
    inspect.signature(types.SimpleNamespace),
)
for n in (len, sorted, open, max, dict, type, int):
    try:
        print(n.__name__, inspect.signature(n))
    except ValueError as e:
        print(e)
dis.dis(f)
dis.dis("for x in y:\n  try: z(x)\n  except E as e: pass")
dis.show_code(f)
print(dis.stack_effect(dis.opmap["LOAD_FAST"], 0), list(dis.findlinestarts(f.__code__)), f.__code__)
print(ast.dump(ast.parse("x: int = f(a, *b, k=1) if c else [i async for i in j]"), indent=1))
print(
    ast.unparse(ast.parse("def f(a,*,b=1): return {**a, 'x': [1,2][::2], f'{a!r:>{b}}': lambda: (yield)}")),
    ast.literal_eval("{'a': [1, (2,)]}"),
)
try:
    ast.literal_eval("f()")
except ValueError as e:
    print(str(e)[:40])
for t in tokenize.generate_tokens(io.StringIO("if x:\n  y = 1.5e3 # c\n").readline):
    print(t)


def lvl3():
    raise ValueError("deep")


def lvl2():
    lvl3()


try:
    lvl2()
except ValueError:
    traceback.print_exc(file=sys.stdout)
    print(traceback.format_exc(limit=1))
    print(traceback.extract_tb(sys.exc_info()[2])[0].name)
traceback.print_stack(file=sys.stdout)


class W:
    pass


w = W()
r = weakref.ref(w, lambda r: print("gone"))
p = weakref.proxy(w)
del w
print(r())
try:
    p.x
except ReferenceError as e:
    print(e)
weakref.finalize(W, print, "fin")
d = weakref.WeakValueDictionary()
o = W()
d["a"] = o
print(len(d))
del o
print(len(d))


class C:
    def __del__(self):
        print("del C")


c = C()
c.me = c
del c
print(gc.collect() > 0)
print(
    sys.getsizeof(1),
    sys.getsizeof(""),
    sys.getsizeof([]),
    sys.getsizeof({}),
    sys.getsizeof(()),
    sys.getsizeof("é"),
    sys.getsizeof(2**100),
    sys.getsizeof(1.0),
    sys.getsizeof(set()),
    sys.getsizeof(b""),
    sys.getsizeof([1, 2, 3]),
    sys.getsizeof({1: 2}),
    sys.getsizeof(f),
    sys.getsizeof(W),
    sys.getsizeof(object()),
)
print(
    sys.getrefcount(None) > 100,
    sys.version_info[:3],
    sys.implementation.name,
    sys.version.split()[0],
    sys.byteorder,
    sys.maxsize,
    sys.float_info.max,
    sys.int_info,
    sys.hash_info.width,
    sys.flags,
    sys.platform,
    sys.argv,
    sys.getrecursionlimit(),
)
print(operator.itemgetter(1, 2)([1, 2, 3]), operator.attrgetter("real.imag")(1), operator.methodcaller("upper")("a"))
print(
    types.FunctionType(f.__code__, {}, "g"),
    types.MethodType(f, 1),
    types.new_class("N", (), {}),
    types.SimpleNamespace(a=1),
    types.MappingProxyType({"a": 1}),
)
print(
    dir(1)[:5],
    [n for n in dir(__builtins__)][:10],
    len(dir(str)),
    len(dir(list)),
    vars(types.SimpleNamespace(x=1)),
    globals().keys() >= {"f"},
    callable(f),
    id(f) == id(f),
)
print(
    inspect.getmro(bool),
    inspect.isfunction(f),
    inspect.iscoroutinefunction(f),
    inspect.getmembers(W(), lambda v: isinstance(v, dict)),
    inspect.currentframe().f_lineno,
    inspect.stack()[0].function,
)
print(symtable.symtable("def f(x): return y", "s", "exec").get_children()[0].get_symbols())
help(f)
