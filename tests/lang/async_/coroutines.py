# Coroutines and asynchronous generators, driven by hand.
import sys, warnings
class Suspend:
    def __init__(self, v): self.v = v
    def __await__(self): return (yield self.v)
def run(coro):
    out = []
    try:
        v = None
        while True: v = out.append(coro.send(v)) or len(out)
    except StopIteration as e: return out, e.value
async def a(): return await Suspend('s') + 1
async def b(): return await a() + await a()
print(run(b()))
async def agen():
    try:
        for i in range(3):
            x = yield i
            if x: print('sent', x)
            await Suspend('in')
    finally: print('cleanup')
async def use():
    r = []
    async for i in agen(): r.append(i)
    g = agen()
    r.append(await g.asend(None)); r.append(await g.asend('hi'))
    await g.aclose()
    r.append(await anext(g, 'default'))
    r.append([i async for i in agen() if i])
    return r
print(run(use()))
class CM:
    async def __aenter__(self): return 'in'
    async def __aexit__(self, *a): print('aexit', a[0]); return True
async def w():
    async with CM() as x: print(x); raise ValueError
    return 'ok'
print(run(w()))
async def bad(): await 1
for c in (bad,):
    try: run(c())
    except TypeError as e: print(e)
with warnings.catch_warnings(record=True) as ws:
    warnings.simplefilter('always'); a(); print([str(x.message) for x in ws])
c = a(); c.close()
try: c.send(None)
except RuntimeError as e: print(e)
async def thrower():
    g = agen()
    await g.asend(None)
    try: await g.athrow(KeyError('k'))
    except KeyError as e: print('athrow', e)
print(run(thrower()))
c = b(); c.send(None); print(c.cr_await is not None, c.cr_running, c.cr_frame.f_code.co_name); c.close()
async def stop(): raise StopIteration
try: run(stop())
except RuntimeError as e: print(e)
import types
@types.coroutine
def old(): return (yield 'old')
async def useold(): return await old()
print(run(useold()))
