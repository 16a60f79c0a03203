# send, throw, close, return values, delegation.
def g():
    try:
        x = yield 1
        print('got', x)
        y = yield 2
        print('got', y)
    except ValueError as e:
        print('caught', e)
        yield 'after'
    finally:
        print('finally')
    return 'result'

it = g()
print(next(it), it.send('a'))
print(it.throw(ValueError('boom')))
try:
    next(it)
except StopIteration as e:
    print('stop', e.value)
it = g(); next(it); it.close()
it = g()
try:
    it.send(1)
except TypeError as e:
    print(e)
def inner():
    try:
        r = yield 'i1'
        print('inner got', r)
        yield 'i2'
    except KeyError as e:
        print('inner caught', e)
        return 'from-except'
    return 'normal'
def outer():
    r = yield from inner()
    print('outer got', r)
    r = yield from [10, 20]
    print('list gives', r)
o = outer()
print(next(o), o.send(5), next(o), next(o))
try: next(o)
except StopIteration as e: print('end', e.value)
o = outer(); next(o)
print(o.throw(KeyError('k')))
o.close()
def bad():
    yield 1
    raise StopIteration('x')
b = bad(); next(b)
try: next(b)
except RuntimeError as e: print(e, repr(e.__cause__))
def ignoring():
    try: yield 1
    except GeneratorExit: yield 2
i = ignoring(); next(i)
try: i.close()
except RuntimeError as e: print(e)
def selfrun():
    yield next(me)
me = selfrun()
try: next(me)
except ValueError as e: print(e)
print(g().__name__, g().__qualname__, g().gi_running, g().gi_frame is not None, g().gi_yieldfrom)
def tup():
    return (1, 2)
    yield
try: next(tup())
except StopIteration as e: print(e.value, e.args)
print(sum(x for x in range(10)), [y for y in (z * z for z in range(4))])
def ctx():
    try:
        raise KeyError('a')
    except KeyError:
        try: yield 1
        except ValueError as e: print(repr(e.__context__))
c = ctx(); next(c)
try: c.throw(ValueError('v'))
except StopIteration: print('done')
