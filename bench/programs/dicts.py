"""Dict building, look-up, counting, iteration and merging."""

def count(words, rounds):
    for _ in range(rounds):
        counts = {}
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return counts

def numbers(n):
    table = {}
    for i in range(n):
        table[i] = i * i
    total = 0
    for key in table:
        if key in table:
            total += table[key]
    for key, value in table.items():
        total += key - value
    for i in range(0, n, 2):
        del table[i]
    return total, len(table)

def merge(rounds):
    base = {"a": 1, "b": 2, "c": 3}
    total = 0
    for i in range(rounds):
        other = {**base, "d": i}
        other.update(base)
        total += len(other) + other["d"] + base.setdefault("a", 0)
        total += sum(other.values())
    return total

words = ("the quick brown fox jumps over the lazy dog and the cat sat on the mat " * 20).split()
assert count(words, 150)["the"] == 80
for _ in range(4):
    assert numbers(100000) == (4999950000, 50000)
assert merge(150000) == 22501500000
