# The class statement.
class Meta(type):
    @classmethod
    def __prepare__(m, name, bases, **kw): print('prepare', name, kw); return {}
    def __new__(m, name, bases, ns, **kw): return super().__new__(m, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw): super().__init__(name, bases, ns)
class A(metaclass=Meta, opt=1):
    x = 1
    def f(self): return __class__, super().__repr__()[:3]
print(A().f()[0] is A)
class E:
    def __mro_entries__(self, bases): return (int,)
class I(E()): pass
print(I.__mro__[1], I.__orig_bases__[0].__class__)
class S:
    __slots__ = ('a', 'b')
    def __init__(self, a): self.a = a
s = S(1); print(s.a)
for n in ('b', 'c'):
    try: getattr(s, n)
    except AttributeError as e: print(e)
try:
    s.c = 1
except AttributeError as e: print(e)
class N:
    def __init__(self): return 1
try: N()
except TypeError as e: print(e)
def mk(n):
    class K:
        v = n
        def get(self): return n
    return K
print(mk(3).v, mk(4)().get())
for code in ("class X(metaclass=lambda *a, **k: a[0]): pass\nprint(X)", "class B(1): pass"):
    try: exec(code)
    except TypeError as e: print(e)
x = 'global'
class Scope:
    x = x + '!'
    y = [x for _ in range(1)]
print(Scope.x, Scope.y)
class Ann:
    a: int = 1
    b: 'str'
print(Ann.__annotations__)
