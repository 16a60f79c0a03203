"""Binary trees: many small objects, recursion, the cycle collector."""

def make(depth):
    if depth == 0:
        return (None, None)
    return (make(depth - 1), make(depth - 1))

def check(tree):
    left, right = tree
    return 1 if left is None else 1 + check(left) + check(right)

class Link:
    def __init__(self, previous):
        self.previous = previous
        self.next = self

def chain(n):
    link = None
    for _ in range(n):
        link = Link(link)
    return link

assert check(make(16)) == 131071
for _ in range(25):
    assert check(make(11)) == 4095
for _ in range(40):
    chain(8000)

class Solver:
    def __init__(self, n):
        self.n, self.found = n, 0
        self.columns, self.up, self.down = [False] * n, [False] * (2 * n), [False] * (2 * n)

    def place(self, row):
        if row == self.n:
            self.found += 1
            return
        for column in range(self.n):
            if not (self.columns[column] or self.up[row + column] or self.down[row - column]):
                self.columns[column] = self.up[row + column] = self.down[row - column] = True
                self.place(row + 1)
                self.columns[column] = self.up[row + column] = self.down[row - column] = False

solver = Solver(8)
solver.place(0)
assert solver.found == 92
