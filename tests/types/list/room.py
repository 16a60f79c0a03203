"""How much room lists have, where sys.getsizeof() shows it, and sums of lists that change meanwhile."""
import io
import sys

size = sys.getsizeof
for count in (1, 2, 11, 12, 13, 20, 100):
    text = ' '.join('a' * count)
    data = text.encode()
    print(count, [size(parts) for parts in (
        text.split(), text.split(' '), text.split(None, 3), text.split(' ', 3), text.rsplit(), text.rsplit(' ', 3),
        text.split('aa'), text.split('longer than the text'), 'a'.split('é'), text.splitlines(),
        data.split(), data.split(b' '), data.rsplit(b' ', 3), data.replace(b' ', b'\n').splitlines(),
        bytearray(data).split(), bytearray(data).rsplit(b' '))])

stream = io.BytesIO()
sizes = []
for count in (1, 1, 9, 10, 1, 100, 5, 12, 13, 1000, 100, 100, 1):
    stream.write(b'a' * count)
    sizes.append(size(stream))
stream.truncate(1)
print(sizes, size(stream))


class Shrinking:
    def __init__(self, victim):
        self.victim = victim

    def __radd__(self, other):
        del self.victim[3:]
        return other + 1000


class Growing(Shrinking):
    def __radd__(self, other):
        if len(self.victim) < 6:
            self.victim.extend([5, 2.5, True])
        return other + 1000


for kind in Shrinking, Growing:
    numbers = [1, 2]
    numbers.append(kind(numbers))
    numbers += [4, 8]
    print(kind.__name__, sum(numbers), len(numbers))
print(sum([1, True, 2 ** 62, 2 ** 62, 2 ** 70, -1]), sum([.5, 1, True, 2 ** 80, .25]), sum((1, 2.5, 3j, 4)), sum((), 7), sum([[1], [2]], []))
for bad in ([1, 'a'], ['a'], (1, None), [b'a']):
    try:
        print(sum(bad))
    except TypeError as error:
        print(error)
print(set([3, 1, 2, 3, -1, -2, 1.0]), len(set([3, 1, 2, 3, -1, -2, 1.0] * 100)))
