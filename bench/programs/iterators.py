"""itertools, functools, enumerate, zip, map, filter and Python-level iterators."""
from functools import lru_cache, partial, reduce
from itertools import accumulate, chain, combinations, count, groupby, islice, product
from operator import add, itemgetter

class Range:
    def __init__(self, stop):
        self.stop = stop
        self.at = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at >= self.stop:
            raise StopIteration
        self.at += 1
        return self.at

@lru_cache(maxsize=None)
def partitions(n, largest):
    if n == 0:
        return 1
    return sum(partitions(n - k, k) for k in range(1, min(n, largest) + 1))

def run(rounds):
    total = 0
    inc = partial(add, 1)
    rows = [(i % 10, i) for i in range(100)]
    for _ in range(rounds):
        total += sum(i * v for i, v in enumerate(range(100)))
        total += sum(a * b for a, b in zip(range(100), range(100)))
        total += sum(map(inc, range(100))) + sum(1 for _ in filter(None, range(100)))
        total += sum(islice(count(), 100)) + reduce(add, range(100))
        total += sum(1 for _ in chain(range(50), range(50))) + list(accumulate(range(100)))[-1]
        total += sum(1 for _ in product(range(10), range(10))) + sum(1 for _ in combinations(range(14), 2))
        total += len([k for k, g in groupby(sorted(rows, key=itemgetter(0)), key=itemgetter(0))])
    return total

assert run(2500) == 2500 * (328350 + 328350 + 5050 + 99 + 4950 + 4950 + 100 + 4950 + 100 + 91 + 10)
assert sum(Range(600000)) == 180000300000
assert partitions(60, 60) == 966467
