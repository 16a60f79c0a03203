# try, finally, with, chaining, except*, re-raising.
import sys, traceback
def chain():
    try:
        try: 1 / 0
        except ZeroDivisionError as e: raise KeyError('k') from e
    except KeyError as e: return e
e = chain()
print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
def ctx():
    try:
        try: 1 / 0
        finally: [][1]
    except IndexError as e: return repr(e.__context__)
print(ctx())
def rr():
    try:
        try: raise ValueError(1)
        except ValueError: raise
    except ValueError as e: return [f.lineno for f in traceback.extract_tb(e.__traceback__)]
print(rr())
def order():
    out = []
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: break
            out.append(i)
        finally: out.append('f%d' % i)
    else: out.append('else')
    return out
print(order())
class M:
    def __init__(self, swallow): self.swallow = swallow
    def __enter__(self): print('enter'); return self
    def __exit__(self, *a): print('exit', a[0] and a[0].__name__, a[1]); return self.swallow
with M(True) as m: raise ValueError('in with')
try:
    with M(False): raise ValueError('passes')
except ValueError as e: print('got', e)
for bad in (1, object()):
    try:
        with bad: pass
    except TypeError as e: print(e)
def star(*excs):
    try: raise ExceptionGroup('g', list(excs))
    except* ValueError as e: print('V', e.exceptions)
    except* (TypeError, KeyError) as e: print('TK', e.exceptions)
star(ValueError(1), TypeError(2), ValueError(3))
try: star(ValueError(1), OSError(2))
except ExceptionGroup as e: print(e, e.exceptions)
try:
    try: raise ValueError('naked')
    except* ValueError as e: print(type(e), e.exceptions); raise TypeError('new')
except TypeError as e: print(repr(e), repr(e.__context__))
try:
    try: raise ValueError('x')
    except 1: pass
except TypeError as e: print(e)
try: raise 1
except TypeError as e: print(e)
try: raise
except RuntimeError as e: print(e)
try: raise ValueError from 1
except TypeError as e: print(e)
def unbound():
    print(x); x = 1
for f in (unbound, lambda: nope):
    try: f()
    except NameError as e: print(type(e).__name__, e, e.name)
def free():
    def g(): return y
    if 0: y = 1
    g()
try: free()
except NameError as e: print(e, e.name)
print(sys.exc_info())
try: a, b = 1
except TypeError as e: print(e)
for v, n in (([1], 2), ([1, 2, 3], 2)):
    try: a, b = v
    except ValueError as e: print(e)
try: a, *b, c = [1]
except ValueError as e: print(e)
a, *b, c = range(5); print(a, b, c)
