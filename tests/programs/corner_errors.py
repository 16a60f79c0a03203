# Errors in the corners of built-in types and modules, each with the words of its own.
import array
import datetime
import re
import sys
import time
import types


def show(label, function, *args):
    try:
        print(label, ascii(function(*args)))
    except Exception as e:
        print(label, type(e).__name__, ascii(str(e)))


class BadIndex:
    def __index__(self):
        return 1 / 0


def assign(target, key):
    target[key] = 1


def delete(target, key):
    del target[key]


class Plain:
    pass


# A sequence converts the index first, then says that it has no such operation.
for target in (), "", b"", range(1), {1}, Plain(), {}.keys(), types.MappingProxyType({}), None, 5, iter([]):
    for key in 0, 10 ** 30, slice(1), "a", BadIndex():
        for operation in assign, delete:
            show(f"{operation.__name__} {type(target).__name__} {type(key).__name__}", operation, target, key)

# Slices of a bytearray are read before the value is.
for key in slice("a"), slice(None, "a"), slice(1.5, 2), slice(0, 1, 0):
    for value in None, "text", 5, [300], b"x":
        show(f"bytearray {key} {value}", bytearray(b"abc").__setitem__, key, value)
numbers = array.array("h", [0, 1, 2])
for bounds in (None,), (0, None), (10 ** 30,), (-10 ** 30, 10 ** 30), ("a",), (-1,):
    show(f"array.index {bounds}", numbers.index, 1, *bounds)
show("array +=", numbers.__iadd__, [1])
show("array.extend", numbers.extend, array.array("b"))

found = re.match("(?P<a>x)", "x")
for key in "a", 1, "b", 9, slice(1), [], 1.0, BadIndex():
    show(f"match[{type(key).__name__}]", found.__getitem__, key)

for text in "_1", "1_", "1__2", "1_2", "x", "1_2x", "", "1+2_0j", "1+_j":
    show(f"complex {text!r}", complex, text)


def matched(subject, cls):
    match subject:
        case cls():
            return True


show("class pattern", matched, 1, 5)
for function in time.asctime, time.mktime, lambda given: time.strftime("%Y", given):
    show("time tuple", function, (1,))
for given in "%Y\0%m", "%\0", "\0", "%Y%":
    show(f"strftime {given!r}", datetime.date(2020, 1, 2).strftime, given)
    show(f"format {given!r}", format, datetime.datetime(2020, 1, 2), given)
print(sys.get_asyncgen_hooks())

# -1 is no descriptor but a missing path; other numbers are asked for; a program not found is not named.
import os
import warnings

for function, *rest in ((os.stat,), (os.chmod, 1), (os.utime,), (os.truncate, 1), (os.chown, 0, 0), (os.statvfs,), (os.chdir,),
                        (os.listdir,), (os.scandir,)):
    for number in -1, -5, 999:
        show(f"{function.__name__} {number}", lambda: bool(function(number, *rest)))
show("execv", os.execv, "/nonexistent/program", ["a"])
show("execve", os.execve, "/nonexistent/program", ["a"], {})
show("registry", lambda: warnings.warn_explicit("m", UserWarning, "f", 1, registry=5))
