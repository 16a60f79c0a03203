# Modules that are imported anew after they were taken out of sys.modules: the same one, a copy, or a fresh one.
import _imp
import importlib
import sys
import types

for name in '_pickle', '_elementtree', '_datetime', '_socket', '_asyncio', '_decimal', '_operator', 'math', '_collections':
    first = importlib.import_module(name)
    first.marker = 1
    before = dict(vars(first))
    del sys.modules[name]
    again = importlib.import_module(name)
    kept = [key for key, value in before.items() if vars(again).get(key) is not value and not isinstance(value, (int, float, str))]
    print(name, again is first, hasattr(again, 'marker'), kept[:8], list(vars(again))[:6])

import _datetime
print(_imp.create_builtin(types.SimpleNamespace(name='_datetime')) is _datetime)
import _pickle
saved = _pickle.dumps
del _pickle.dumps, sys.modules['_pickle']
import _pickle
print(hasattr(_pickle, 'dumps'))
_pickle.dumps = saved
print(sys.getrefcount(len), sys.getrefcount(sys.path_hooks), sys.getrefcount(sys.int_info))
