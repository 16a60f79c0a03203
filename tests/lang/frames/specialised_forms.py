# Instructions that have specialised themselves keep their meaning when operands, classes or functions change.
import sys


def arithmetic(pairs):
    out = []
    for a, b in pairs:
        total = a + b
        less = a - b
        times = a * b
        both = a & b
        either = a | b
        odd = a ^ b
        quotient = a // b
        rest = a % b
        up = a << (b & 7)
        down = a >> (b & 7)
        out.append((total, less, times, both, either, odd, quotient, rest, up, down))
    return out


big, word = 2 ** 30, 2 ** 59
pairs = [(7, 3), (-7, 3), (7, -3), (-7, -3), (256, 1), (big - 1, 1), (-big, 1), (big, big), (word, word), (-word, 5),
         (2 ** 64, 3), (3, 2 ** 64), (0, 1), (True, 3), (-5, 1), (257, 257)] * 2
values = arithmetic(pairs)
print(values[:16] == values[16:], values[:9])
print(values[9:16])


def floats(pairs):
    out = []
    for a, b in pairs:
        total = a + b
        less = a - b
        times = a * b
        ratio = a / b
        out.append((total, less, times, ratio))
    return out


print(floats([(1.5, 2.5), (1, 2), (3, 2.0), (2.0, 3), (2 ** 70, 2), (1e308, 10), (True, 2)] * 2)[-7:])


def aliases():
    kept = []
    total = 1000
    for i in range(998, 1003):
        total += i
        kept.append(total)
        kept.append(i)
    x = 5000
    y = x
    for _ in range(9):
        x += 1
    z = 1.5
    w = z
    for _ in range(9):
        z = z + 1.0
    return kept, x, y, z, w


print(aliases())


def small_ints():
    n = 300
    for _ in range(60):
        n -= 1
        m = n - 1
    return [id(n) == id(shared) for shared in (240, 239)], [id(m) == id(shared) for shared in (240, 239)]


print(small_ints())


def fail(op):
    for b in (1, 2, 3, 4, 5, 6, 0):
        try:
            if op == 0:
                x = 7 // b
            elif op == 1:
                x = 7 % b
            elif op == 2:
                x = 7 / b
            else:
                x = 7 << (b - 1)
        except (ZeroDivisionError, ValueError) as error:
            print(type(error).__name__, error, x)


for op in range(4):
    fail(op)


def count_down(n):
    steps = 0
    while n > 0:
        n -= 1
        steps += 1
    return steps


print(count_down(50), count_down(2.5), count_down(True))


def loop(items):
    out = []
    for item in items:
        out.append(item)
    return out


for items in [1, 2], (3, 4), range(300, 303), (n for n in "ab"), "cd", {5: 6}, range(2 ** 70, 2 ** 70 + 2), [], (), range(0):
    print(loop(items), loop(items))


class Meta(type):
    @property
    def described(cls):
        return "described " + cls.__name__


class A(metaclass=Meta):
    limit = 1
    count = 0

    def __init__(self, x):
        self.x = x

    @property
    def double(self):
        return self.x * 2

    @classmethod
    def make(cls, x):
        return cls(x)

    @staticmethod
    def plain():
        return "plain"


class B(A):
    def __init__(self, x):
        super().__init__(x + 1)
        self.y = super().double

    @property
    def double(self):
        return super().double + 1


def look(objects):
    return [(o.limit, o.double, type(o).limit, type(o).described, o.plain(), type(o).plain()) for o in objects]


a, b = A(1), B(2)
for _ in range(4):
    row = look([a, b, a])
print(row, b.y)
A.limit = 2
print(look([a, b]))
a.limit = 3
print(look([a, b]))
a.__dict__["count"] = 9
print(a.count, A.count, b.count)
A.double = 17
print(look([a]), b.double if False else "")
A.double = property(lambda self: -self.x)
print(look([a, b]))
del A.limit
for o in a, b:
    try:
        print(look([o]))
    except AttributeError as error:
        print(error)
Meta.limit = property(lambda cls: "from the metaclass")
try:
    print(A.limit)
    print(look([a]))
except AttributeError as error:
    print(error)


def build(cls, n):
    return [cls(i).x for i in range(n)]


print(build(A, 5))
A.__init__ = lambda self, x, z=1: setattr(self, "x", (x, z))
print(build(A, 3), build(B, 1) if False else "")
A.__init__ = lambda self: None
try:
    build(A, 1)
except TypeError as error:
    print(error)


class Bad:
    def __init__(self, x):
        self.x = x
        if x > 3:
            return x


try:
    build(Bad, 6)
except TypeError as error:
    print(error)


class Gone:
    def __init__(self, x):
        self.x = x

    @property
    def fails(self):
        return self.absent


def failing(n):
    for i in range(n):
        try:
            Gone(i).fails
        except AttributeError as error:
            last = (str(error), error.__traceback__.tb_next.tb_lineno)
    return last


print(failing(6))
print(all(sys.getrefcount(thing) < 100 for thing in (A, B, Gone)))


def compare(values):
    return [(a < b, a == b, a >= b, a != b) for a in values for b in values]


print(compare([1, 2 ** 40, 1.0, True]) == compare([1, 2 ** 40, 1.0, True]), compare([1, 2, 2 ** 40])[1:4])
print(str(10 ** 17), str(-10 ** 17), str(2 ** 60), str(-2 ** 60), str(0), f"{-5}")
