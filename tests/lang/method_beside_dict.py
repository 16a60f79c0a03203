# Methods of objects that have a dict of their own, found again and again at one place while the dict comes and changes;
# and what else has a short way of its own: joins, sorts, splits, minima, ISO dates.
import collections
import datetime
import io


def call(file):
    return file.getvalue()


def warm(file):
    for _ in range(40):
        call(file)
    return call(file)


plain, shadowed = io.StringIO("plain"), io.StringIO("shadowed")
print(warm(plain))
plain.note = 1
print(warm(plain))
shadowed.getvalue = lambda: "the instance's own"
print(call(shadowed), warm(shadowed), call(plain))
del shadowed.getvalue
print(call(shadowed), warm(shadowed))


class Derived(io.StringIO):
    def getvalue(self):
        return "derived " + super().getvalue()


print(warm(Derived("x")), call(plain))
Derived.getvalue = lambda self: "changed"
print(call(Derived("x")))
function = lambda: None
function.__get__ = lambda: "own"
for _ in range(40):
    got = function.__get__()
print(got)
deque = collections.deque([1])
for _ in range(40):
    deque.append(2)
print(len(deque))

print(b",".join([b"a", b"", b"c"]), b"-".join([b"a", bytearray(b"b"), memoryview(b"c")]), b"".join([]))
try:
    b",".join([b"a", "b"])
except TypeError as error:
    print(error)
words = ["", "a", "a\0", "abc", "abcd", "abcde", "abcdefg", "abcdefgh", "abcdefghi", "ab\xff", "\xff", "abcdefg\0"]
print(sorted(words[::-1]) == sorted(words), sorted(words), sorted(words, key=lambda word: word[::-1]))
print([code for code in range(300) if ("a" + chr(code) + "b").split() == ["a", "b"]])
print(min([3, 10**30, -5]), max([3, 10**30, -5]), min(True, 0, 1.0), max([2, 2.0]), min([1, 1.0, True]))
for text in "2024-01-02T03:04:05", "2024-01-02\u202803:04", "2024-01-0\u0662", "\xe9" * 10:
    try:
        print(datetime.datetime.fromisoformat(text))
    except ValueError as error:
        print(error)
print("\xe9\u0394".encode("utf-8").decode("UTF-8"), "x".encode("utf-8"), b"x".decode("Utf_8"))


class Failing:
    def __iter__(self):
        return self

    def __next__(self):
        raise OSError("in the middle")


for use in sum, min, list, set, tuple, any, bytes, ",".join:
    try:
        use(Failing())
    except OSError as error:
        print(use.__name__, error)
