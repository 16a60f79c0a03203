"""List building, indexing, slices, unpacking and sorting with keys."""

def matrix(n):
    a = [[i * j for j in range(n)] for i in range(n)]
    b = [[i + j for j in range(n)] for i in range(n)]
    columns = list(zip(*b))
    return sum(sum(x * y for x, y in zip(row, column)) for row in a for column in columns)

def shuffle(n):
    items, seed = list(range(n)), 42
    for i in range(n - 1, 0, -1):
        seed = (seed * 1103515245 + 12345) % 2147483648
        j = seed % (i + 1)
        items[i], items[j] = items[j], items[i]
    return items

def slices(rounds):
    items = list(range(50))
    total = 0
    for i in range(rounds):
        first, *rest = items[:5]
        total += first + len(rest) + items[-1] + len(items[::3])
        items.append(items.pop(0))
        items[2:4] = items[4:2:-1]
        a, b, c = items[:3]
        total += a - b + c - c
        items.reverse()
    return total

assert matrix(64) == 19204964352
items = shuffle(120000)
assert sorted(items) == list(range(120000))
assert sorted(items, key=lambda n: -n)[0] == 119999
items.sort(key=str)
assert items[:3] == [0, 1, 10]
pairs = [(n % 100, str(n)) for n in items[:50000]]
pairs.sort()
assert pairs[0][0] == 0
assert slices(120000) == 5520000
