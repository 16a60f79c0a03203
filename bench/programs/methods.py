"""Method calls, inherited methods, super() and bound methods."""

class Base:
    def __init__(self, start):
        self.value = start

    def step(self, n):
        self.value += n
        return self

    def peek(self):
        return self.value

class Child(Base):
    def step(self, n):
        return super().step(n + 1)

    @classmethod
    def make(cls, start):
        return cls(start)

    @staticmethod
    def twice(n):
        return n * 2

def run(rounds):
    base, child = Base(0), Child.make(1)
    peek = child.peek
    total = 0
    for i in range(rounds):
        base.step(i).step(1)
        child.step(i)
        total += base.peek() + peek() + Child.twice(i) + child.twice(1)
    return total

assert run(400000) == 21333653334400000
