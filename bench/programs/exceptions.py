"""Raising, catching, finally, with blocks and chained errors."""

class Trouble(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code

class Guard:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return kind is KeyError

def risky(n):
    if n % 3 == 0:
        raise ValueError(n)
    if n % 3 == 1:
        raise Trouble(n)
    return n

def run(rounds):
    total = 0
    table = {"a": 1}
    for i in range(rounds):
        try:
            total += risky(i)
        except ValueError:
            total += 1
        except Trouble as error:
            total += error.code
        finally:
            total += 1
        try:
            table["b"]
        except KeyError:
            total += 1
        try:
            [].absent
        except AttributeError:
            total += 1
        with Guard():
            table["c"]
        try:
            int("12x")
        except (TypeError, ValueError):
            total += 1
        try:
            total += 1
        finally:
            total += 1
    return total

assert run(100000) == 3333900001
