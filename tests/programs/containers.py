from collections import *

c = Counter("mississippi")
print(c, c.most_common(2), c - Counter("miss"), c & Counter("sip"), +c, sorted(c.elements()))
d = defaultdict(list)
d["a"].append(1)
print(d, d.default_factory)
o = OrderedDict(a=1, b=2)
o.move_to_end("a")
print(o, o.popitem(last=False), list(reversed(o)))
q = deque([1, 2, 3], maxlen=3)
q.append(4)
q.rotate(1)
q.extendleft([9])
print(q)
try:
    deque(maxlen=-1)
except ValueError as e:
    print(e)
Pt = namedtuple("Pt", "x y z", defaults=[0])
print(Pt(1, 2), Pt._make([1, 2, 3]), Pt(1, 2)._replace(x=9), Pt.__doc__)
try:
    Pt()
except TypeError as e:
    print(e)
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
print(m["b"], m, dict(m), m.parents)
print(UserDict(a=1), UserList([1]), UserString("x"))
d = {1: 2, 3: 4}
try:
    for k in d:
        d[k + 10] = 1
except RuntimeError as e:
    print(e)
try:
    for k in list(d):
        del d[k]
    d.popitem()
except KeyError as e:
    print(e)
s = {1, 2, 3}
try:
    for k in s:
        s.add(k + 10)
except RuntimeError as e:
    print(e)
print({1, 2} | {3}, {1, 2} ^ {2, 3}, frozenset([1]) <= {1, 2}, {1, 2}.isdisjoint([3]))
print([3, 1, 2].sort(), sorted("bca", reverse=True), [1, 2, 3][::-1], [*range(5)][1:4:2])
l = [1, 2, 3, 4, 5]
l[1:3] = [9]
del l[::2]
print(l)
try:
    l[::2] = [1, 2, 3]
except ValueError as e:
    print(e)
try:
    [].pop()
except IndexError as e:
    print(e)
try:
    [1].remove(2)
except ValueError as e:
    print(e)
try:
    (1,).index(2)
except ValueError as e:
    print(e)
try:
    {}["k"]
except KeyError as e:
    print(repr(e))
try:
    [1]["a"]
except TypeError as e:
    print(e)
try:
    {[]: 1}
except TypeError as e:
    print(e)
try:
    a, b = 1, 2, 3
except ValueError as e:
    print(e)
try:
    a, b, *c = [1]
except ValueError as e:
    print(e)
try:
    a, b = 5
except TypeError as e:
    print(e)
print({"a": 1} | {"b": 2}, dict(zip("ab", [1, 2])), dict.fromkeys("ab"), {**{"x": 1}, "y": 2})
print(d.keys() & {1}, d.items(), d.values())
