# sum() around the bounds of a machine word, and over mixed numbers.
for start in (2**63 - 5, 2**63 - 1, -2**63 + 5, -2**63, 2**31, 0):
    print(sum(range(10), start), sum(range(0, -10, -1), start), sum([start, start], 1), sum([True, start, -start]))
print(sum([2**62] * 4), sum([-2**62] * 5), sum([2**63 - 1, 1, -1]), sum([1, 0.5, 2**63, 2]), sum([0.5, 2**70]))


class MyInt(int):
    def __radd__(self, other):
        return 'radd'

    def __add__(self, other):
        return MyInt(int(self) + int(other) + 1000)


for items in ([1, MyInt(2)], [0.5, MyInt(2)], [2**70, MyInt(3)]):
    print(sum(items))
print(sum([1, 2], MyInt(5)), sum([[1], [2]], []), sum((), 7))
