"""Something to measure: branches, generators, comprehensions, exceptions, threads, match, async code."""
import asyncio
import contextlib
import threading


def classify(value):
    match value:
        case int() if value < 0:
            return "negative"
        case 0 | 1:
            return "bit"
        case [first, *_]:
            return f"list from {first}"
        case {"key": key}:
            return key
    return None


def search(items, wanted):
    for index, item in enumerate(items):
        if item == wanted:
            break
        if item is None: continue
    else:
        return -1
    return index


def careful(action):
    try:
        action()
    except ZeroDivisionError as error:
        return repr(error)
    except (KeyError,
            ValueError):
        return "key or value"
    else:
        return "well"
    finally:
        with contextlib.suppress(TypeError):
            len(3)
            print("not reached")


def produce(limit):
    sent = 0
    while True:
        got = yield sent
        if got is None:
            sent += 1
        if sent > limit:
            return "done"


class Base:
    attribute = [n for n in range(3) if n]

    def method(self): return super().__repr__() and 1

    @property
    def value(self):
        return (lambda: 1)() if self.attribute else (
            2)


def ignored():  # pragma: no cover
    return 1 / 0


async def waits():
    async with asyncio.timeout(5):
        for _ in range(2):
            await asyncio.sleep(0)
    return [i async for i in counts()]


async def counts():
    yield 1
    yield 2


def worker():
    assert search(range(5), 2) == 2


print(*map(classify, (-1, 0, [7], {"key": "k"}, "none")))
print(search([None, 2], 2), search([], 1))
print(careful(lambda: 1 / 0), careful(lambda: {}["k"]), careful(dict))
print(list(produce(2)), Base().method(), Base().value)
print(asyncio.run(waits()))
thread = threading.Thread(target=worker)
thread.start()
thread.join()
if __name__ == "never":
    ignored()
