# Every str method on edge cases: value or error, printed for comparison with CPython.
import itertools


def show(text):
    try:
        value = eval(text)
        print(text, '->', ascii(value), type(value).__name__)
    except Exception as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


class S(str):
    pass


class Idx:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


SAMPLES = ['', 'a', 'abc', 'Hello World', '  pad\t\n', 'a,b,,c', 'ÀÉÎ straße', 'ǆ ǅ Ǆ', 'ΑΣ', 'ΑΣΑ', 'αΣ.', '\u0130stanbul',
           '日本語', '😀x😀', 'a\tb\tc', '-42', '+7', '½²', '\u0660\u0661', 'foo_bar', '1abc', 'ﬁne', 'line1\nline2\r\nline3\x0bx\x1cy\u2028z',
           'They\'re Bill\'s', '\x7f\x80\xa0', '\ud800', 'ab' * 40, 'İ', 'ß', 'ŉ', 'ᾳ', 'ΐ', '\u01c5', '\u1e9e']
NULLARY = ['capitalize', 'casefold', 'lower', 'upper', 'title', 'swapcase', 'strip', 'lstrip', 'rstrip', 'split', 'rsplit',
           'splitlines', 'isalnum', 'isalpha', 'isascii', 'isdecimal', 'isdigit', 'isidentifier', 'islower', 'isnumeric',
           'isprintable', 'isspace', 'istitle', 'isupper', 'expandtabs', '__len__', '__repr__', '__str__', '__getnewargs__']
for sample, name in itertools.product(SAMPLES, NULLARY):
    show(f'{sample!r}.{name}()')
for sample in SAMPLES:
    show(f'ascii({sample!r})')
    show(f'{sample!r}.splitlines(True)')
    show(f'{sample!r}[::-1]')
    show(f'{sample!r}[1:3]')
    show(f'{sample!r}[::2]')
    show(f'list({sample!r})')
    show(f'{sample!r} * 3')
    show(f'{sample!r}.zfill(6)')
    show(f'{sample!r}.center(9, "*")')
    show(f'{sample!r}.ljust(8)')
    show(f'{sample!r}.rjust(8, "é")')
    for other in ('', 'a', 'b', 'ab', 'l', 'é', '語', '😀', ' ', ','):
        for name in ('find', 'rfind', 'count', 'startswith', 'endswith', 'partition', 'rpartition', 'split', 'rsplit',
                     'index', 'rindex', 'removeprefix', 'removesuffix', 'strip', '__contains__', '__add__', '__lt__',
                     '__eq__', '__ge__'):
            show(f'{sample!r}.{name}({other!r})')
        show(f'{sample!r}.replace({other!r}, "X")')
        show(f'{sample!r}.replace({other!r}, "é", 2)')
        show(f'{sample!r}.replace({other!r}, "")')
        show(f'{sample!r}.split({other!r}, 1)')
        show(f'{sample!r}.rsplit({other!r}, 1)')
        show(f'{other!r}.join({sample!r})')
for text in ['"abc".find()', '"abc".find(1)', '"abc".find("b", "x")', '"abc".find("b", None, None)', '"abc".find("b", -2)',
             '"abc".find("b", 0, 1)', '"abc".find("", 3)', '"abc".find("", 4)', '"abc".rfind("", 1, 2)', '"abc".find("b", sub=1)',
             '"abc".find("b", 1, 2, 3)', '"abc".count("", 2)', '"aaa".count("aa")', '"abc".index("z")', '"abc".rindex("z")',
             '"abc".startswith(("x", "a"))', '"abc".startswith(("x", 1))', '"abc".startswith(1)', '"abc".endswith(("c",))',
             '"abc".endswith([])', '"abc".startswith("b", 1)', '"abc".startswith("", 4)', '"abc".endswith("", 1, 0)',
             '"a".join([1])', '"a".join(1)', '",".join(["x"])', '",".join(c for c in "abc")', '"".join([S("x")])',
             '"a".split("")', '"a".split(1)', '"a b  c ".split(None, 1)', '" a b  c ".rsplit(None, 1)', '"a b".split(maxsplit=0)',
             '" a b ".split(None, 0)', '"a,b".split(",", maxsplit=-1)', '"a".partition("")', '"a".partition(1)',
             '"a".center()', '"a".center("x")', '"a".center(5, "ab")', '"a".center(5, 1)', '"abcd".center(7)', '"abc".center(6)',
             '"a".zfill("b")', '"-a".zfill(5)', '"a\\tb".expandtabs(0)', '"a\\tb".expandtabs(-1)', '"a\\nbc\\td".expandtabs(4)',
             '"a".replace("a")', '"a".replace(1, "b")', '"a".replace("a", 1)', '"aaa".replace("a", "b", 2)', '"aaa".replace("", "-", 2)',
             '"".replace("", "x")', '"".replace("", "x", 0)', '"".replace("a", "x")', '"é".replace("é", "e")',
             '"abc".strip("ac")', '"abc".strip(1)', '"xéx".strip("xé")', '"abc"[5]', '"abc"[-4]', '"abc"["x"]', '"abc"[1.0]',
             '"abc"[Idx(1)]', '"abc"[Idx(10**30)]', '"abc"[1:None]', '"abc"["a":]', '"abc"[::0]', '"a" + 1', '1 + "a"', '"a" * "b"',
             '"a" * -1', '"ab" * Idx(2)', '"a" < 1', '"a" == 1', '"a" != S("a")', 'hash("a") == hash(S("a"))', '1 in "abc"',
             '"".join(["a", "é", "語", "😀"])', 'str()', 'str(1)', 'str(b"a", "ascii")', 'str(b"a", errors="strict")', 'str("a", "b")',
             'str(1, "b")', 'str(b"a", 1)', 'str(object=b"a", encoding="utf8")', 'str(b"\\xff", "utf8", "replace")', 'str(1, 2, 3, 4)',
             'str(x=1)', 'str(bytearray(b"hi"), "ascii")', 'str(memoryview(b"hi"), "ascii")', 'S("abc")', 'type(S("abc").lower())',
             'type(S("abc").strip())', 'type(S("abc")[:])', 'type(S("abc") + "")', 'type(S("abc") * 1)', 'type(str(S("abc")))',
             'S("é").upper()', 'S("語")[0]', 'repr(S("x"))', 'S("a,b").split(",")', 'len(S("語語"))', 'S("abc").__sizeof__()',
             '"abc".__sizeof__()', '"é".__sizeof__()', '"語".__sizeof__()', '"😀".__sizeof__()', '"".__sizeof__()',
             '"abc".translate({97: "x", 98: None, 99: 0x1F600})', '"abc".translate({97: "xyz"})', '"abc".translate("xxx")',
             '"abc".translate({97: -1})', '"abc".translate({97: 0x110000})', '"abc".translate({97: []})', '"aéa".translate({97: "é", 233: "a"})',
             '"abc".translate(1)', 'str.maketrans("ab", "cd")', 'str.maketrans("ab", "cd", "ef")', 'str.maketrans("ab", "c")',
             'str.maketrans({"a": 1, 98: "x"})', 'str.maketrans({"ab": 1})', 'str.maketrans({1.5: 1})', 'str.maketrans(1)',
             'str.maketrans("a", 1)', 'str.maketrans(1, "a")', 'str.maketrans("a", "b", 1)', '"abc".encode("ascii")', '"é".encode()',
             '"é".encode("latin1")', '"é".encode("ascii", "ignore")', '"a".encode(1)', '"a".encode("no\\0")', '"a".encode("utf-8", 1)',
             '"a".encode(encoding="utf-16")', '"a".removeprefix(1)', '"a".__format__(1)', '"a".__format__("5")', 'list(iter("aé"))',
             'iter("a").__reduce__()', 'iter("é").__reduce__()', 'iter("").__length_hint__()', 'iter("abc").__length_hint__()',
             'type(iter("a"))', 'type(iter("é"))', '"a".lower(1)', '"a".isalpha(1)', '"a".title(x=1)', 'str.lower(1)',
             'str.find("abc", "c")', '"ab" "cd"', '"%s" % 1', 'max("aé語😀")', 'min("aé語😀")', 'sorted("baé語😀A")',
             '"a\\x00b".find("\\x00")', '"a" in S("ba")', '"abcabc".rfind("bc", 0, 5)', '"é" > "z"', '"語" < "😀"', '"a" >= "a"',
             '"aéa".count("a")', '"ab\\ud800".encode("utf-8", "surrogatepass")', '"\\udc80".encode("utf-8", "surrogateescape")']:
    show(text)
it = iter('abc')
next(it)
print(it.__reduce__()[1:], it.__length_hint__())
it.__setstate__(-5)
print(list(it), list(it), it.__reduce__()[1:])
s = 'x'
for part in ('y', 'é', '語', '😀', 'z'):
    s += part
    print(ascii(s), len(s), s.__sizeof__())
