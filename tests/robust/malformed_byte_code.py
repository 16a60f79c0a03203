"""Code objects with bytes changed at random are refused or run to some end; the interpreter survives. CPython does not:
the expected output is kept by hand."""
import marshal, random, sys, types, signal

SRC = """
import os
def f(a, b=2, *c, d=3, **e):
    x = [i*2 for i in c if i]
    try:
        with open("/dev/null") as fh: y = fh.read(1)
        for k, v in e.items(): x.append((k, v))
    except (OSError, ValueError) as err: return str(err)
    finally: z = {1: a, **e}
    def inner():
        nonlocal x
        yield from x
        return f"{a!r:>5} {b}"
    class K:
        def m(self): return super().__init__()
    match a:
        case {"k": v, **r}: pass
        case [p, *q]: pass
    return a if b else x, z, inner, K, lambda: a
async def g():
    async with x as y:
        async for z in y: await z
r = f(1, 2, 3, k=4)
"""
code = compile(SRC, "s", "exec")
seed, n = 1, 1500
rnd = random.Random(seed)
data = marshal.dumps(code)
sys.stdout = open("/dev/null", "w")


class Stop(Exception):
    pass


def alarm(*a):
    raise Stop


signal.signal(signal.SIGALRM, alarm)


def codes(c):
    yield c
    for k in c.co_consts:
        if isinstance(k, types.CodeType):
            yield from codes(k)


allc = list(codes(code))
loaded = ran = refused = 0


def run(o):
    global ran, refused
    ran += 1
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        if o.co_flags & 0x2A0 or o.co_argcount or o.co_freevars:
            fn = types.FunctionType(
                o,
                {"__builtins__": __builtins__, "__name__": "x"},
                "f",
                None,
                tuple(types.CellType(1) for _ in o.co_freevars),
            )
            r = fn(*range(o.co_argcount))
            if hasattr(r, "send"):
                try:
                    r.send(None)
                finally:
                    r.close()
        else:
            exec(o, {"__builtins__": __builtins__})
    except SystemError:
        refused += 1
    except BaseException:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


import builtins

builtins.exit = builtins.quit = builtins.input = builtins.breakpoint = None
for i in range(n):
    try:
        if i % 2:
            b = bytearray(data)
            for _ in range(rnd.randint(1, 3)):
                b[rnd.randrange(len(b))] = rnd.randrange(256)
            try:
                o = marshal.loads(bytes(b))
            except Exception:
                continue
            if isinstance(o, types.CodeType):
                loaded += 1
                run(o)
        else:
            c = rnd.choice(allc)
            b = bytearray(c.co_code)
            for _ in range(rnd.randint(1, 2)):
                p = rnd.randrange(len(b))
                b[p] = rnd.choice([rnd.randrange(256), rnd.randrange(8)])
            kw = {"co_code": bytes(b)}
            if rnd.random() < 0.1:
                kw["co_exceptiontable"] = bytes(rnd.randrange(256) for _ in range(6))
            if rnd.random() < 0.1:
                kw["co_stacksize"] = rnd.randrange(6)
            try:
                o = c.replace(**kw)
            except Exception:
                continue
            loaded += 1
            run(o)
    except Stop:
        pass
sys.__stdout__.write("survived\n")
