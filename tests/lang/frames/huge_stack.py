"""A code object that asks for a stack larger than an int can count words."""
import types


def f():
    yield 1


for size in (2**31 - 1, 2**31 - 5):
    for run in (lambda c: eval(c), lambda c: types.FunctionType(c, {})()):
        try:
            print(run((lambda: 1).__code__.replace(co_stacksize=size)))
        except MemoryError:
            print('MemoryError')
