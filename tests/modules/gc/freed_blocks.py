# A full collection gives kept blocks back, so that what follows is counted as newly allocated.
import gc

gc.disable()


def growth(make):
    gc.collect()
    before = gc.get_count()
    made = make()
    after = gc.get_count()
    return after[0] > before[0], before[1:], after[1:]


for make in (list, dict, lambda: (1, 2, len('x')), lambda: [(i,) for i in range(100)]):
    print(growth(make))

# The collector clears the names of a function, which may be the cycle.
import weakref


class Name(str):
    pass


def f():
    pass


f.__qualname__ = Name('f')
f.__qualname__.function = f
gone = weakref.ref(f.__qualname__)
del f
print(gc.collect() > 0, gone())


class Late:
    def __del__(self):
        global function
        function = self.reference()


class Cyclic(tuple):
    __slots__ = ()

    def __del__(self):
        self[1].reference = weakref.ref(self[0])
        global late
        del late


late = Late()


def g():
    pass


cycle = tuple.__new__(Cyclic, (g, late))
g.__module__ = cycle
del g, cycle
gc.collect()
print(repr(function)[:13], repr(function.__name__), function.__qualname__ == '')

# sys._clear_type_cache drops the names that the method cache keeps.
import sys

name = ''.join(['kept', '_', 'name'])
before = sys.getrefcount(name)
getattr(5, name, None)
kept = sys.getrefcount(name)
sys._clear_type_cache()
print(kept - before, sys.getrefcount(name) - before)

# A sub-interpreter takes its codecs and what its modules made along when it ends.
import _testcapi


def objects_after(source):
    _testcapi.run_in_subinterp(source)
    gc.collect()
    return len(gc.get_objects())


for source in 'pass', 'import _functools, _locale, _pickle, _sre', 'import codecs; codecs.register(print); "".encode("cp1252")':
    objects_after(source)
    before = objects_after(source)
    print(objects_after(source) - before)
