# The names that running code shows for its specialised forms.
import dis


class Record:
    kind = 5

    def __init__(self):
        self.value = 1

    @property
    def half(self):
        return 2


def integers(a, b):
    return a + b * a - b


def floats(a, b):
    return a * b - a + b


def total(n):
    result = 0
    for i in range(n):
        result += i
    return result


def countdown(n):
    while n > 0:
        n -= 1
    return n


def attributes(record):
    return record.value, record.half, record.kind, Record.kind


def pairs(text):
    first = second = text
    third = 'x' + text
    return first, second, third


for _ in range(100):
    integers(3, 4), floats(1.5, 2.5), total(5), countdown(3), attributes(Record()), pairs('a')
for function in integers, floats, total, countdown, attributes, pairs, Record.__init__:
    print(function.__qualname__, [(i.opname, i.arg) for i in dis.get_instructions(function, adaptive=True)])
print([i.opname for i in dis.get_instructions(lambda a, b: a + b, adaptive=True)])
