import math


def is_prime(n):
    if n < 2:
        return False
    for d in range(2, math.isqrt(n) + 1):
        if n % d == 0:
            return False
    return True


class Sieve:
    def __init__(self, limit):
        self.limit = limit

    def __iter__(self):
        for n in range(self.limit):
            if is_prime(n):
                yield n


def main():
    try:
        total = sum(Sieve(12))
    finally:
        label = "total"
    squares = [
        n * n
        for n in (1, 2)
    ]
    print(label, total, squares,
          {k: v for k, v in zip("ab", squares)})
    with open("/dev/null") as sink:
        print("x", file=sink)
    return 0 if total else 1


main()
