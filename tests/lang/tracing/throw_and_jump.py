# Events around throw() and await, and which jumps a tracer may make.
import sys


def traced(function):
    events = []

    def tracer(frame, event, arg):
        shown = arg[0].__name__ if event == "exception" else None
        if event != "opcode" and frame.f_code.co_filename == __file__:
            events.append((frame.f_lineno - function.__code__.co_firstlineno, event, shown))
        return tracer

    sys.settrace(tracer)
    try:
        function()
    finally:
        sys.settrace(None)
    return events


def thrown():
    def numbers():
        try:
            yield 1
        finally:
            pass
    g = numbers()
    next(g)
    try:
        g.throw(ValueError)
    except ValueError:
        pass
    h = numbers()
    next(h)
    h.close()


def awaited():
    async def inner():
        return 5

    async def outer():
        return await inner()
    try:
        outer().send(None)
    except StopIteration:
        pass


def delegated():
    def inner():
        yield 1
        return 7

    def outer():
        return (yield from inner())
    for _ in outer():
        pass


for function in thrown, awaited, delegated:
    print(function.__name__)
    for event in traced(function):
        print("  ", *event)


def jump(function, event_wanted, line_from, line_to):
    first = function.__code__.co_firstlineno
    done = []

    def tracer(frame, event, arg):
        if frame.f_code.co_filename != __file__:
            return None
        if event == event_wanted and frame.f_lineno == first + line_from and not done:
            done.append(1)
            try:
                frame.f_lineno = first + line_to
            except ValueError as e:
                print(function.__name__, event_wanted, e)
        return tracer

    sys.settrace(tracer)
    try:
        print(function())
    except Exception as e:
        print(type(e), e)
    finally:
        sys.settrace(None)


def into_except():
    try:
        x = 1
    except ValueError:
        x = 2
    except (KeyError, IndexError) as e:
        x = 3
    return x


def from_yield():
    out = []

    def gen():
        out.append(2)
        yield 3
        out.append(4)
    g = gen()
    next(g)
    return out


def plain():
    x = 1
    y = 2
    for i in range(2):
        y += i
    return x + y


jump(into_except, "line", 2, 3)
jump(into_except, "line", 2, 5)
jump(into_except, "line", 2, 4)
jump(from_yield, "return", 5, 4)
jump(plain, "return", 5, 1)
jump(plain, "line", 1, 4)
jump(plain, "line", 4, 5)
jump(plain, "line", 1, -5)
jump(plain, "line", 1, 900)
