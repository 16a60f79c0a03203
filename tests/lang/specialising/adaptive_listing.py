# dis shows the specialised forms of code that has run.
import dis


def run(source, times=30, **names):
    code = compile(source, '<code>', 'eval')
    for _ in range(times):
        eval(code, dict(names))
    dis.dis(code, adaptive=True)


def looped():
    for i in [1, 2, 3] * 3:
        pass


def moved(a, b):
    a, b = b, a
    c = a
    return c, b


for _ in range(30):
    looped()
    moved(1, 2)
run('a + b', a=1, b=2)
run("'a'.__class__")
run('str(1)')
dis.dis(looped, adaptive=True)
dis.dis(moved, adaptive=True)


class Odd:
    __class__ = property(lambda self: int)


def class_of(x):
    return x.__class__


for _ in range(30):
    class_of('a')
print(class_of(1), class_of(Odd()), class_of(Odd), class_of('b'))
