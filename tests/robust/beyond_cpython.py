# Short programs that CPython 3.11 answers with a crash: here each ends in an exception.
import functools
import marshal
import os
import types


def show(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)


def nested(levels):
    x = ()
    for _ in range(levels):
        x = (x,)
    return x


def function():
    pass


show(lambda: os.pathconf(-1, 'PC_NAME_MAX'))
show(lambda: len(function.__code__.replace(co_consts=nested(5000)).co_consts))
show(lambda: function.__code__.replace(co_consts=nested(10**6)))
# Tuples that hold themselves: the letter is a reference to the first object of the text.
endless = marshal.loads(b'\xa9\x02Nr\x00\x00\x00\x00')
print(endless[1] is endless)
show(lambda: function.__code__.replace(co_consts=endless))

# Callables that call each other without a Python function in between.
chain = print
for _ in range(100000):
    chain = types.MethodType(chain, 1)
show(chain)
for keywords in {}, {'a': 1}:
    partial = functools.partial(int)
    partial.__setstate__((partial, (), keywords, {}))
    show(partial)

# Sets are written element by element, each in the order of what it is written as.
chain = frozenset()
for _ in range(100000):
    chain = frozenset([chain])
show(lambda: marshal.dumps(chain))
