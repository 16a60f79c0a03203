"""List, set and dict comprehensions, generator expressions."""

def run(rounds):
    total = 0
    data = list(range(100))
    for _ in range(rounds):
        total += len([n * 2 for n in data if n % 3])
        total += len({n % 7 for n in data})
        total += len({n: str(n) for n in data if n < 20})
        total += sum(n * n for n in data)
        total += any(n > 90 for n in data) + all(n >= 0 for n in data)
        total += len([a + b for a in range(5) for b in range(5)])
    return total

assert run(8000) == 8000 * (66 + 7 + 20 + 328350 + 2 + 25)
