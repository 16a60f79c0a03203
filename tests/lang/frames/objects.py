# Frame objects: locals, back links, life after the call.
import sys
def f(a, b=2):
    c = a + b
    fr = sys._getframe()
    return fr
fr = f(1)
print(sorted(k for k in fr.f_locals if k != 'fr'), fr.f_locals['c'], fr.f_code.co_name, fr.f_lineno, fr.f_back.f_code.co_name)
def outer():
    x = 10
    def inner():
        return sys._getframe(1).f_locals['x'], x
    return inner()
print(outer())
def loc():
    a = 1
    d = locals()
    b = 2
    return d, locals() is d, sorted(locals())
print(loc()[1:])
class C:
    z = 5
    print(sorted(k for k in locals() if not k.startswith('__')))
def tb():
    try: 1 / 0
    except ZeroDivisionError as e:
        t = e.__traceback__
        return t.tb_lineno, t.tb_frame.f_code.co_name
print(tb())
fr.clear(); print(fr.f_locals)
def ex():
    try: sys._getframe().clear()
    except RuntimeError as e: print(e)
ex()
def g():
    yield sys._getframe()
it = g(); fr = next(it)
print(fr is it.gi_frame, fr.f_back)
del it
print(fr.f_lineno)
class D:
    def __del__(self): print('del in', sys._getframe(1).f_code.co_name)
def owner():
    d = D()
owner()
def modify():
    exec('q = 3')
    return 'q' in locals()
print(modify())
