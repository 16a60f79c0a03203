# Slots and caches against later changes, collected classes, audited events.
import gc, io, sys

class L(list):
    pass

try:
    (3,) + L([1, 2])
except TypeError as e:
    print(e)
print([0] + L([1]))

class Plain:
    pass

class WithDefault:
    x = Plain()
    def __init__(self):
        self.x = 1

def read(o):
    return o.x

o = WithDefault()
for i in range(100):
    read(o)
Plain.__get__ = lambda self, instance, owner: "class"
Plain.__set__ = lambda *args: None
print(read(o))

class Meta(type):
    pass

class Made(metaclass=Meta):
    def attribute():
        return "class"

def ask():
    return Made.attribute()

for i in range(100):
    ask()
Meta.attribute = property(lambda cls: lambda: "metaclass")
print(ask())

class Text(io.StringIO):
    pass

before = sys.getrefcount(Text)
for i in range(5):
    Text()
print(sys.getrefcount(Text) - before)

try:
    open("/nonexistent/file")
except OSError as e:
    print(e)

try:
    try:
        raise ExceptionGroup("eg", [TypeError(1), ValueError(2)])
    except* (TypeError, ValueError):
        raise SyntaxError(3)
except ExceptionGroup as e:
    print(repr(e))

namespace = {"type": type, "__builtins__": {"None": None}}
exec("def f(): pass\ng = type(f)(f.__code__, {})", namespace)
print(namespace["g"].__builtins__)

class Tracer:
    def __call__(self, *args):
        pass
    def __del__(self):
        try:
            sys.setprofile(None)
        except RuntimeError as e:
            print(e)

sys.setprofile(Tracer())
sys.setprofile(None)
sys.settrace(None)

seen = []
recording = True
sys.addaudithook(lambda event, args: recording and seen.append((event, args[:1])))
eval("3")
gc.get_referrers()
class A: pass
class B: pass
class C(A): pass
C.__bases__ = (B,)
recording = False
print([event for event, args in seen], seen[0][1])
