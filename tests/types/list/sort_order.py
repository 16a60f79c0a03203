# Orders of every kind that sorting treats apart: machine values, texts, tuples, with and without a key.
import random

r = random.Random(7)


def check(values, **options):
    got = sorted(values, **options)
    place = {}
    for i, value in enumerate(values):
        place.setdefault(id(value), i)
    key = options.get("key", lambda v: v)
    step = -1 if options.get("reverse") else 1
    for a, b in zip(got, got[1:]):
        x, y = key(a), key(b)
        assert not (y < x if step == 1 else x < y), (x, y)
    return got


class Same:
    def __init__(self, rank, name):
        self.rank, self.name = rank, name

    def __repr__(self):
        return f"{self.rank}{self.name}"


for size in (2, 3, 10, 63, 64, 65, 200, 1000):
    ints = [r.randrange(-50, 50) * (10 ** r.choice((0, 8, 18))) for _ in range(size)]
    texts = ["".join(r.choice("abé") for _ in range(r.randrange(12))) for _ in range(size)]
    wide = [t + r.choice(("", "€", "😀")) for t in texts]
    floats = [r.choice((-0.0, 0.0, 1.5, float("inf"), -2.25, 1e300)) for _ in range(size)]
    pairs = [(r.randrange(5), t) for t in texts]
    for values in (ints, texts, wide, floats, pairs, list(zip(texts, ints)), list(zip(floats, ints)), ints + floats):
        for reverse in (False, True):
            check(values, reverse=reverse)
            check(values, key=lambda v: v, reverse=reverse)
            check(list(range(len(values))), key=values.__getitem__, reverse=reverse)

# Stability, with and without reverse.
items = [Same(n % 3, c) for n, c in enumerate("abcdefghijkl")]
print(sorted(items, key=lambda s: s.rank), sorted(items, key=lambda s: s.rank, reverse=True))
print(sorted(items, key=lambda s: str(s.rank)), sorted(items, key=lambda s: (s.rank, 0)))
print(sorted(items, key=lambda s: float(s.rank)))
print(sorted([True, 2, False, 0, 1, 1.0]), sorted([3, True, -1]))
nan = float("nan")
print(sorted([3.0, nan, 1.0, 2.0]), sorted([nan, 2.0, nan, 1.0, 0.5], reverse=True))
big = [nan if i % 7 == 0 else float(i * 37 % 101) for i in range(150)]
print(sorted(big))
print(sorted([(nan, 1), (1.0, 2), (nan, 0)]))
for bad in ([1, "a"], ["a", 1], [(1, 2), (1, "x")], [None, None], [1j, 2j]):
    try:
        print(sorted(bad))
    except TypeError as error:
        print(error)
