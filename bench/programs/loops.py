"""Nested while and for loops over small ints."""

def primes(limit):
    sieve = [True] * limit
    found = 0
    for n in range(2, limit):
        if sieve[n]:
            found += 1
            for multiple in range(n * n, limit, n):
                sieve[multiple] = False
    return found

def collatz(limit):
    best = 0
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            if n & 1:
                n = 3 * n + 1
            else:
                n >>= 1
            steps += 1
        if steps > best:
            best = steps
    return best

assert primes(600000) == 49098
assert collatz(22000) == 278
