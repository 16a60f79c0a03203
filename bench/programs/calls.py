"""Plain, default, keyword and star calls; closures and recursion."""

def plain(a, b):
    return a + b

def default(a, b=2, c=3):
    return a + b + c

def star(*args, **kwargs):
    return len(args) + len(kwargs)

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def counter():
    total = 0

    def add(n):
        nonlocal total
        total += n
        return total

    return add

def run(rounds):
    total = 0
    add = counter()
    for i in range(rounds):
        total += plain(i, 1) + default(i) + default(i, 4) + default(i, c=5)
        total += star(i, i, key=i) + star(*(i, i))
        add(i)
    return total, add(0)

assert run(200000) == (80004600000, 19999900000)
assert fib(27) == 196418
