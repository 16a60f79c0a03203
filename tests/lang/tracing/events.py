# The events of settrace and setprofile.
import sys
events = []
def tracer(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno,
                       arg if event == 'return' else None))
    return tracer
def loop(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
    return total
def gen():
    yield 1
    yield 2
def user():
    x = [a for a in gen()]
    try:
        raise ValueError
    except ValueError:
        pass
    while x: x.pop()
    return len(x)
for f, a in ((loop, (3,)), (user, ())):
    sys.settrace(tracer); f(*a); sys.settrace(None)
for e in events: print(e)
events.clear()
def prof(frame, event, arg):
    events.append((frame.f_code.co_name, event, getattr(arg, '__name__', arg)))
sys.setprofile(prof); len([1]); sorted([2, 1]); loop(2); [].append(1); sys.setprofile(None)
for e in events: print(e)
def jump():
    out = []
    out.append(1)
    out.append(2)
    out.append(3)
    return out
def jumper(frame, event, arg):
    if event == 'line' and frame.f_lineno == frame.f_code.co_firstlineno + 3:
        frame.f_lineno += 1
    return jumper
sys.settrace(jumper); r = jump(); sys.settrace(None); print(r)
