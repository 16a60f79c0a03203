# The line of a traceback entry: the same place many times, and places of code objects that come and go.
import sys


def where(source, name):
    code = compile(source, name, "exec")
    try:
        exec(code, {})
    except Exception as error:
        return error.__traceback__.tb_next.tb_lineno, sys.getrefcount(code)


wrong = [i for i in range(600) if where("\n" * (i % 7) + "x = 1\n" * (i % 3) + "1 / 0", f"f{i % 5}")[0] != i % 7 + i % 3 + 1]
print(wrong)


def several(n):
    if n == 0:
        raise ValueError
    if n == 1:
        {}["absent"]
    if n == 2:
        None.absent
    (
        n
        / 0
    )


lines = []
for n in (0, 1, 2, 3) * 3:
    try:
        several(n)
    except Exception as error:
        lines.append(error.__traceback__.tb_next.tb_lineno - several.__code__.co_firstlineno)
print(lines)
long = "def f(n):\n" + "".join(f"    if n == {i}: raise ValueError\n" for i in range(400)) + "\n" * 300 + "    n.absent\n"
scope = {}
exec(long, scope)
for n in (0, 1, 100, 399, 400):
    try:
        scope["f"](n)
    except Exception as error:
        print(error.__traceback__.tb_next.tb_lineno)
moved = several.__code__.replace(co_firstlineno=1000)
several.__code__ = moved
try:
    several(1)
except KeyError as error:
    print(error.__traceback__.tb_next.tb_lineno)
