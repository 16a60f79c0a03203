"""Generators: simple loops, trees with yield from, pipelines and send()."""

def countdown(n):
    while n > 0:
        yield n
        n -= 1

class Tree:
    def __init__(self, depth):
        self.left = Tree(depth - 1) if depth else None
        self.right = Tree(depth - 1) if depth else None
        self.value = depth

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right

def squares(source):
    for n in source:
        yield n * n

def evens(source):
    for n in source:
        if n % 2 == 0:
            yield n

def accumulator():
    total = 0
    while True:
        total += yield total

assert sum(countdown(1500000)) == 1125000750000
tree = Tree(12)
assert sum(sum(tree) for _ in range(8)) == 8 * sum(d * 2 ** (12 - d) for d in range(13))
assert sum(squares(evens(range(800000)))) == 85333013333600000
adder = accumulator()
next(adder)
for i in range(500000):
    last = adder.send(i)
assert last == 124999750000
