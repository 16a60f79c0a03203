# Call, attribute and operator sites that see one kind of operand many times and then another.
def add(a, b): return a + b
for pair in ((1, 2), (1.5, 2), ('a', 'b'), ([1], [2]), (10**20, 1), (True, 1)):
    for _ in range(30): r = add(*pair)
    print(r)
class A:
    v = 'class'
    def __init__(self): self.x = 1
    def m(self): return self.x
class B:
    __slots__ = ('x',)
    def __init__(self): self.x = 2
    def m(self): return self.x * 10
class C:
    @property
    def x(self): return 3
    def m(self): return 'C'
def read(o): return o.x, o.m()
for _ in range(3):
    for o in (A(), B(), C()):
        for _ in range(30): r = read(o)
        print(r)
a = A()
for _ in range(30): a.m()
a.m = lambda: 'own'
print(a.m())
A.m = lambda self: 'new'
print(A().m(), a.m())
def cmp(a, b):
    if a < b: return 'lt'
    if a == b: return 'eq'
    return 'gt'
for p in ((1, 2), (2, 2), (2.0, 1.0), (float('nan'), 1.0), ('a', 'a'), (1, 1.0)):
    for _ in range(30): r = cmp(*p)
    print(r)
def sub(c, i): return c[i]
class G:
    def __getitem__(self, i): return ('G', i)
for c, i in (([1, 2], -1), ((3, 4), 1), ({'k': 'v'}, 'k'), (G(), 5), ('str', 0), ([1, 2], True)):
    for _ in range(30): r = sub(c, i)
    print(r)
try: sub([1], 5)
except IndexError as e: print(e)
try: sub({}, 'q')
except KeyError as e: print(e)
def grow(n):
    s = ''
    for i in range(n): s += str(i)
    return s
print(grow(20))
glob = 1
def g(): return glob, len
for _ in range(30): g()
glob = 2
print(g()[0])
len = 5
print(g()[1]); del len
print(g()[1] is __builtins__.len)
def unpack(t): a, b = t; return b, a
for t in ((1, 2), [3, 4], 'xy', {5: 0, 6: 0}):
    for _ in range(30): r = unpack(t)
    print(r)
def defaults(a, b=2, c=3): return a, b, c
for _ in range(30): r = defaults(1), defaults(1, 5), defaults(1, 2, 9)
print(r)
defaults.__defaults__ = (7, 8); print(defaults(1))
def k(f): return f(1)
for f in (str, type, tuple and list.__len__ and (lambda x: x), abs, float, [].append, A.__subclasscheck__ if 0 else repr):
    for _ in range(30): r = k(f)
    print(r)
