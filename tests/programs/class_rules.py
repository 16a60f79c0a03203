from abc import ABC, abstractmethod


class S(ABC):
    @abstractmethod
    def area(self):
        ...

    @property
    @abstractmethod
    def p(self):
        ...


try:
    S()
except TypeError as e:
    print(e)


class Meta(type):
    def __new__(m, n, b, ns, **kw):
        print("new", n, kw)
        return super().__new__(m, n, b, ns)

    def __init__(c, n, b, ns, **kw):
        super().__init__(n, b, ns)

    def __call__(c, *a):
        print("call", a)
        return super().__call__(*a)

    @classmethod
    def __prepare__(m, n, b, **kw):
        print("prep", n)
        return {}


class A(metaclass=Meta, flag=1):
    def __init__(self, *a):
        self.a = a

    def __repr__(self):
        return f"A{self.a}"

    def __eq__(self, o):
        return self.a == o.a

    __hash__ = None


print(A(1, 2))
try:
    hash(A())
except TypeError as e:
    print(e)


class B(A):
    __slots__ = ("x",)


try:
    B().y = 1
except AttributeError as e:
    print(e)


class C:
    __slots__ = ("x",)


try:
    C().y = 1
except AttributeError as e:
    print(e)
try:
    C().x
except AttributeError as e:
    print(e)
print(B.__mro__)


class D1:
    pass


class D2(D1):
    pass


try:

    class D3(D1, D2):
        pass

except TypeError as e:
    print(e)
try:
    int.foo = 1
except TypeError as e:
    print(e)
try:
    object().x = 1
except AttributeError as e:
    print(e)


class Desc:
    def __set_name__(self, o, n):
        print("set_name", o, n)

    def __get__(self, i, o):
        return (i is None, o.__name__)

    def __set__(self, i, v):
        print("set", v)

    def __delete__(self, i):
        print("del")


class E:
    d = Desc()


E().d = 3
print(E.d, E().d)
del E().d


class F:
    def __init_subclass__(cls, /, k=None, **kw):
        print("sub", cls.__name__, k, kw)

    def __class_getitem__(cls, i):
        return (cls, i)


class G(F, k=2):
    pass


print(F[int])


class H:
    def __getattr__(self, n):
        return n.upper()

    def __dir__(self):
        return ["b", "a"]


print(H().foo, dir(H()))
try:
    super(int, "x")
except TypeError as e:
    print(e)
print(type("X", (int,), {"y": 1})(5) + 1)


# Classes derived from one whose __getattribute__ has been used, and __getattr__ that comes and goes.
class Plain:
    def __getattribute__(self, name):
        return object.__getattribute__(self, name)


class Hook:
    def __getattr__(self, name):
        return "Hook", name


Plain().__class__


class Derived(Plain):
    "Made after the first use."


Plain.__getattr__ = lambda self, name: ("Plain", name)
print(Derived().q, Plain().q)
del Plain.__getattr__
try:
    Derived().q
except AttributeError as e:
    print(e)
Derived.__getattr__ = lambda self, name: ("Derived", name)
print(Derived().q, type("Last", (Derived,), {})().q)
del Derived.__getattr__
Derived.__bases__ = (Hook,)
print(Derived().q)
