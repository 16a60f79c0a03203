# Every way a call can fail to bind its arguments.
def f(a, b, c=3, *, d, e=5): return a, b, c, d, e
def g(x, y, /, z): return x, y, z
def h(*args, **kwargs): return args, sorted(kwargs.items())
def k(a, b=2): return a, b
class C:
    def m(self, a): return a

def show(call):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)

show(lambda: f(1, 2, d=4))
show(lambda: f())
show(lambda: f(1))
show(lambda: f(1, 2))
show(lambda: f(1, 2, 3, 4, d=1))
show(lambda: f(1, 2, 3, 4, 5))
show(lambda: f(1, 2, a=1, d=2))
show(lambda: f(1, 2, d=2, zz=1))
show(lambda: g(1, 2, z=3))
show(lambda: g(1, y=2, z=3))
show(lambda: g(1, 2))
show(lambda: h(1, 2, x=3, y=4))
show(lambda: k())
show(lambda: k(1, 2, 3))
show(lambda: k(b=1))
show(lambda: C().m())
show(lambda: C().m(1, 2))
show(lambda: (lambda: 0)(1))
show(lambda: h(*[1, 2], **{'a': 1}))
show(lambda: h(*1))
show(lambda: h(**1))
show(lambda: h(**{1: 2}))
show(lambda: h(a=1, **{'a': 2}))
show(lambda: k(*(1, 2, 3)))
show(lambda: k(*[1], **{'b': 7}))
show(lambda: 3())
show(lambda: None.x)
def t(a, b, c, d): pass
show(lambda: t())
show(lambda: t(1))
show(lambda: t(1, 2))
show(lambda: t(1, 2, 3))
