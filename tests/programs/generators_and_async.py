def g():
    try:
        x = yield 1
        print("got", x)
        yield 2
    except ValueError as e:
        print("caught", e)
        yield 99
    finally:
        print("fin")
    return 5


a = g()
print(next(a), a.send("hi"))
try:
    next(a)
except StopIteration as e:
    print(e.value)
a = g()
next(a)
print(a.throw(ValueError("v")))
a.close()


def d():
    r = yield from g()
    print("r", r)


print(list(d()))


def bad():
    yield
    raise StopIteration


try:
    list(bad())
except RuntimeError as e:
    print(e, repr(e.__cause__))
a = g()
try:
    a.send(1)
except TypeError as e:
    print(e)


def selfrun():
    yield next(me)


me = selfrun()
try:
    next(me)
except ValueError as e:
    print(e)
print(
    [x * y for x in range(3) for y in range(3) if x != y],
    {x: x**2 for x in range(3)},
    {x % 2 for x in range(5)},
    sum(x for x in range(10)),
)
import itertools as it

print(
    list(it.chain([1], [2])),
    list(it.islice(it.count(5, 2), 3)),
    list(it.accumulate([1, 2, 3], lambda a, b: a * b)),
    list(it.groupby("aabbc"))[0][0],
    list(it.product("ab", repeat=2)),
    list(it.permutations([1, 2, 3], 2)),
    list(it.combinations("abc", 2)),
    list(it.zip_longest("ab", "c", fillvalue="-")),
    list(it.pairwise([1, 2, 3])),
    list(it.takewhile(lambda x: x < 3, [1, 2, 3, 1])),
    list(it.starmap(pow, [(2, 3)])),
    [list(x) for x in it.tee([1, 2])],
    list(it.compress("abc", [1, 0, 1])),
    list(it.filterfalse(None, [0, 1])),
    it.count(3),
    it.repeat(1, 2),
)
import contextlib


@contextlib.contextmanager
def cm():
    print("enter")
    try:
        yield "v"
    except KeyError as e:
        print("sup", e)
    finally:
        print("exit")


with cm() as v:
    print(v)
    raise KeyError("x")
with contextlib.ExitStack() as st:
    st.callback(print, "cb")
    st.enter_context(cm())
with contextlib.suppress(ZeroDivisionError):
    1 / 0


async def ag():
    for i in range(3):
        yield i


async def main():
    print([x async for x in ag()], [x async for x in ag() if x])
    async with contextlib.AsyncExitStack() as s:
        s.push_async_callback(asyncio.sleep, 0)
    r = await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2), return_exceptions=True)
    print(r)
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError as e:
        print("timeout", repr(e))
    q = asyncio.Queue()
    await q.put(1)
    print(await q.get(), q)
    t = asyncio.create_task(asyncio.sleep(9), name="T")
    await asyncio.sleep(0)
    t.cancel()
    try:
        await t
    except asyncio.CancelledError:
        print("cancelled", t.cancelled())


import asyncio

asyncio.run(main())


async def never():
    pass


never()
