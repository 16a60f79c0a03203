# Which strings are one object: constants and names are interned, computed characters are shared, results are new.
import sys


def which(*pairs):
    print([number for number, (left, right) in enumerate(pairs) if left is right])


word = "hello"
print("one-letter names that are not the shared character:")
print("".join(c for c in map(chr, range(128)) if sys.intern(c) is not c))
print([c for c in map(chr, range(256)) if c is not chr(ord(c))])
which(("h", word[0]), ("g", "go"[0]), (word[0], "oh"[1]), (word[2], word[3]), (list(word)[0], chr(104)),
      (word[:], word), (word[0:5], word), (word[0:1], chr(104)), (sys.intern(word[0]), "h"))
number = 5
which((str(number), str(number)), (repr(number), "5"), (f"{number}", f"{number}"), ("%d" % number, "%d" % number),
      (chr(53), "5"), (str(number)[0], "5"), (str(12), str(12)))
which(("G".lower(), "g"), ("g".upper(), "g".upper()), ("".join(["", "g"]), "g"), ("".join(["g"]), "g"),
      ("g".title(), "G"), ("g " .strip(), "g"), (b"g".decode(), "g"))
which((iter(word).__class__, iter(type("S", (str,), {})(word)).__class__))
print({c: i for i, c in enumerate("hello")}["l"], getattr(sys, "version_info")["ab".find("b")], "abc".index("abc"[1]))


class Point:
    pass


point = Point()
setattr(point, "xy"[0], 1)  # a name that was computed finds the one that was written
setattr(point, "xy"[1], 2)
print(point.x, point.y, vars(point), hasattr(point, "xyz"[2]), getattr(point, chr(120)))
