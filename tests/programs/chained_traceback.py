def f(x):
    return g(x) + 1


def g(x):
    return x / 0


class A:
    def __init__(self):
        self.v = f(3)


try:
    A()
except ZeroDivisionError as e:
    raise ValueError("bad thing") from e
