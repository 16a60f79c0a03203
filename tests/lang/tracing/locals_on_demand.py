# Variables are copied for a tracer only when it asks for f_locals; what it changes there comes back.
import sys
import time

events = []


def profile(frame, event, arg):
    events.append((frame.f_code.co_name, event))


def closing():
    try:
        yield
    finally:
        x = 1


def drop():
    generator = closing()
    next(generator)
    generator = None
    len("")


sys.setprofile(profile)
drop()
sys.setprofile(None)
print(events)


def changing(frame, event, arg):
    if event == "line" and frame.f_code.co_name == "count":
        if frame.f_locals.get("total") == 3:
            frame.f_locals["total"] = 100
            frame.f_locals["unknown"] = 1
    return changing


def count():
    total = 0
    for i in range(5):
        total += i
    return total, sorted(locals())


sys.settrace(changing)
result = count()
sys.settrace(None)
print(result)



# The dict of locals() is not what comes back after an event.
def formatting(name):
    method = "find_{name}".format(**locals())
    kept = locals()
    del name
    kept["name"] = "again"
    return method, "name" in kept


def looking(frame, event, arg):
    if event == "call":
        frame.f_locals
    return looking


for tracer in (lambda frame, event, arg: tracer), looking:
    sys.settrace(tracer)
    result = formatting("spec")
    sys.settrace(None)
    print(result)

# Line events of a long function take no time that grows with its length.
source = "def long():\n x = 0\n" + "".join(f" x += {i}\n" for i in range(20000)) + " return x\n"
exec(source)
lines = 0


def counting(frame, event, arg):
    global lines
    lines += event == "line"
    return counting


started = time.process_time()
sys.settrace(counting)
long()
sys.settrace(None)
print(lines, time.process_time() - started < 5)
