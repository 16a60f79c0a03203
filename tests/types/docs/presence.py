# Which attributes of the native modules have a docstring, and which docstrings have examples.
import _functools
import _io
import _operator
import builtins
import doctest
import gc
import itertools
import marshal
import math
import types

finder = doctest.DocTestFinder()
for test in finder.find(builtins):
    if test.examples:
        print(len(test.examples), test.name, doctest.DocTestRunner(verbose=False).run(test))


def silent(owner):
    return sorted(name for name, value in vars(owner).items() if value is not None and value.__doc__ is None)


for module in (builtins, _functools, _io, _operator, gc, itertools, marshal, math):
    print(module.__name__, [name for name in silent(module) if not name.startswith('__')])
    for name, value in sorted(vars(module).items()):
        if isinstance(value, type):
            print(' ', name, silent(value))
for name, value in sorted(vars(types).items()):
    if isinstance(value, type) and value.__module__ == 'builtins':
        print(name, silent(value))
