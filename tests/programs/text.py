s = "Hello, Wörld! ß ﬁ İ ǆ"
for (
    m
) in "upper lower title capitalize swapcase casefold isalpha isdigit isalnum isupper istitle isidentifier isprintable isspace isascii split splitlines strip encode".split():
    print(m, repr(getattr(s, m)()))
print(
    "a,b,,c".split(","),
    "a b  c".split(),
    "a b c".split(None, 1),
    "abcabc".rsplit("b", 1),
    "a-b-c".partition("-"),
    "a-b".rpartition("x"),
)
print(
    "abc".center(10, "*"),
    "42".zfill(5),
    "-42".zfill(5),
    "a\tb".expandtabs(4),
    "abc".translate({97: "X", 98: None}),
    str.maketrans("ab", "cd"),
    "x".join(["1", "2"]),
)
print(
    "abcabc".find("c", 3),
    "abc".replace("b", "BB"),
    "aaa".replace("a", "b", 2),
    "aaa".count("aa"),
    "abc".startswith(("x", "a")),
    "abc".removeprefix("a").removesuffix("c"),
)
for f in (
    lambda: "abc".index("z"),
    lambda: "".join([1]),
    lambda: "a" + 1,
    lambda: 1 + "a",
    lambda: "a" * -1,
    lambda: "a" * "b",
    lambda: "abc"[5],
    lambda: "abc"["a"],
    lambda: chr(-1),
    lambda: ord("ab"),
    lambda: "é".encode("ascii"),
    lambda: b"\xff".decode(),
    lambda: b"\xff\xfe".decode("utf-8", "replace"),
    lambda: "é".encode("ascii", "xmlcharrefreplace"),
    lambda: "é€😀".encode("ascii", "namereplace"),
    lambda: "é".encode("latin-1"),
    lambda: "a".encode("nope"),
    lambda: bytes([256]),
    lambda: bytes(-1),
    lambda: bytes("a"),
    lambda: b"abc"[1],
    lambda: b"a" + "b",
    lambda: bytearray(b"abc").pop(),
    lambda: b"%d %s" % (1, b"x"),
    lambda: bytes.fromhex("zz"),
    lambda: b"abc".hex("-", 1),
    lambda: "\ud800".encode(),
    lambda: "abc" < 1,
    lambda: "a".zfill(),
    lambda: "a".split(""),
    lambda: "{}".format(),
    lambda: repr("\x00\n'\"\u200b\U0001f600\ud800"),
    lambda: ascii("é😀"),
    lambda: repr("it's"),
    lambda: repr('say "hi" it\'s'),
    lambda: "abc" in 5,
    lambda: 5 in "abc",
):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)
import textwrap, string, re, difflib, unicodedata

print(textwrap.fill("The quick brown fox jumps over the lazy dog " * 3, 30))
print(textwrap.dedent("  a\n   b\n"), textwrap.shorten("hello big world", 10))
print(string.Template("$a ${b} $$").substitute(a=1, b=2), string.capwords("a b"), string.ascii_letters)
print(
    re.findall(r"(\w)(\d)?", "a1b c2"),
    re.sub(r"(?P<x>\d+)", lambda m: str(int(m["x"]) * 2), "a1b22"),
    re.split(r"[,;]\s*", "a, b;c"),
    re.match(r"(a)|(b)", "b").groups(),
    re.compile(r"(?i)x+", re.M),
)
print(re.search(r"(?<=\$)\d+(?:\.\d\d)?", "cost $12.50"), re.fullmatch("a*?", "aaa"), re.escape("a.b*c"))
for p in ("(", "[a", "a**", "(?P<1>a)", "\\1", "(?<=a*)b", "*a", "(?z)", "a{2,1}"):
    try:
        re.compile(p)
    except re.error as e:
        print(e, e.pos)
print(
    "\n".join(difflib.unified_diff("a b c".split(), "a x c".split(), lineterm="")),
    difflib.get_close_matches("appel", ["ape", "apple", "peach"]),
)
print(unicodedata.name("é"), unicodedata.normalize("NFD", "é"), unicodedata.category("A"))
