"""Numbers, strings and bytes as a user meets them."""
import array
import decimal
import fractions
import math
import random
import statistics
import string
import struct
import textwrap
import unicodedata

print([divmod(a, b) for a in (7, -7, 7.5, -7.5) for b in (2, -2, 2.5)], [round(x) for x in (0.5, 1.5, 2.5, -0.5)], round(2.675, 2), round(1234, -2), round(-1234.5, -2))
print(2 ** -1, (-8) ** (1 / 3), 0 ** 0, pow(3, -1, 7), pow(2, 100, 1000), (-2) ** 3, -2 ** 2, 10 ** 25 // 3, -(10 ** 25) // 7 % 5, 1 << 70 >> 68, ~5, 5 ^ 3 | 8 & 12)
print(int("  -0b101 ", 0), int("zz", 36), int(3.99), int("1_000"), float("1e400"), float("-nan"), float(" 1_0.5 "), complex("1+2j"), complex("-infj"), bool("False"))
print((255).to_bytes(2, "little"), int.from_bytes(b"\xff\x01", "big", signed=True), (10 ** 20).bit_length(), (-255).bit_count(), (0.1).hex(), float.fromhex("0x1.8p3"), (0.75).as_integer_ratio(), (5).conjugate())
print(0.1 + 0.2, 1e16, 1e15, 1.0, 1e-5, 0.0001, 123456789012345680.0, 5e-324, 1.7976931348623157e308, -0.0, float("inf") - float("inf"), 1 / 3, 2 / 3, 100.0, 1e22, 1e23)
print(1 == 1.0 == True, hash(1) == hash(1.0) == hash(fractions.Fraction(1)) == hash(decimal.Decimal(1)), hash(float("inf")), hash(-1), hash(2 ** 61 - 1), hash(0.5), hash(10 ** 30), hash(1j))
print(math.comb(50, 25), math.perm(10, 3), math.gcd(12, 18, 27), math.lcm(4, 6), math.isqrt(10 ** 30), math.fsum([0.1] * 10), math.prod(range(1, 10)), math.dist((1, 2), (4, 6)), math.hypot(3, 4, 12), math.nextafter(1, 2), math.ulp(1), math.cbrt(27), math.exp2(10), math.remainder(7, 4), math.frexp(10), math.modf(-3.25), math.copysign(3, -0.0), math.isclose(1, 1 + 1e-10))
for expression in ("1 / 0", "1 // 0", "1.0 % 0", "0 ** -1", "math.sqrt(-1)", "math.log(0)", "int('x')", "int('')", "float('x')", "10 ** 400 * 1.0", "1 << -1", "1 << 10 ** 10", "math.factorial(-1)", "math.factorial(1.5)", "complex('1 + 2j')", "round(float('nan'))", "int(float('inf'))", "(1).to_bytes(0, 'big')", "'a' * -1 + 'b' * 2", "1j // 2", "divmod(1j, 2)", "pow(2, -1, 4)", "2 ** 0.5 % 0", "chr(-1)", "chr(0x110000)", "ord('ab')", "hex(1.5)", "bin('a')", "abs('a')", "sum(['a'])", "min([])", "max(1, 'a')", "bytes([256])", "bytes('a')", "bytes(-1)", "'a' + 1", "1 + 'a'", "[] + ()", "'a' < 1", "'abc'[5]", "'abc'['a']", "b'a'[0] + b'b'", "'a'.join([1])", "'a'.index('b')", "'a,b'.split('')", "'%d' % 'a'", "'abc'.encode('ascii2')", "range(1, 2, 0)", "range(1.5)", "slice(1).indices('a')", "[1, 2].index(3)", "[].pop()", "{}.popitem()", "set().pop()", "(1, 2).index(3)", "[1, 2, 3][::0]", "del_()", "bytearray(b'a').append(300)", "memoryview('a')", "isinstance(1, 'a')", "issubclass(1, int)", "type('A', (1,), {})", "getattr(1, 2)", "iter(1)", "next(iter([]))", "reversed({1})", "sorted(1)", "zip([1], [1, 2], strict=True) and list(zip([1], [1, 2], strict=True))", "list(map(lambda x: x))", "enumerate(1)", "open('')", "eval('1 1')", "exec(1)", "compile('1', 'f', 'x')", "__import__('nosuch')", "print(1, sep=1)", "input(1, 2)", "hash([])", "id()", "vars(1)", "dir(1, 2)", "super()", "object(1)", "int(1, 2)", "str(b'a', 1)", "float([])", "list(1)", "dict([1])", "dict([(1, 2, 3)])", "set([[]])", "frozenset(1)", "tuple(1)", "bool(1, 2)"):
    try:
        result = eval(expression)
        print(expression, "=", result)
    except Exception as error:
        print(f"{expression}: {type(error).__name__}: {error}")

D = decimal.Decimal
with decimal.localcontext() as context:
    context.prec = 12
    print(D(1) / 3, D("1e-20") + 1, D("NaN"), D("-Infinity"), D("1.10").normalize(), D("123.456").quantize(D("0.01"), decimal.ROUND_UP), D(2).sqrt(), D("0E+5"), repr(D("-0.00")), D("1E+3").to_eng_string(), f"{D('1234567.891'):,.2f}")
    context.traps[decimal.Inexact] = True
    try:
        D(1) / 3
    except decimal.Inexact as error:
        print(type(error), error)
F = fractions.Fraction
print(F(3, 6), F("0.125"), F(0.1), F(1.5) + F(1, 3), F(22, 7).limit_denominator(3), round(F(7, 2)), F(-7, 2) // 1, F(1, 3) ** -2, repr(F("-4/6")), F(1, 2) == 0.5)
data = [2.5, 3.5, 1, 4, 4, 9]
print(statistics.mean(data), statistics.median(data), statistics.mode(data), statistics.stdev(data), statistics.pvariance(data), statistics.quantiles(data), statistics.fmean(data), statistics.harmonic_mean(data), statistics.multimode("aabb"), statistics.linear_regression([1, 2, 3], [2, 4, 5]), statistics.correlation([1, 2, 3], [2, 4, 5]), statistics.NormalDist(5, 2).cdf(6))
r = random.Random(42)
print(r.random(), r.randint(1, 100), r.choice("abc"), r.sample(range(100), 4), r.gauss(0, 1), r.uniform(1, 2), r.choices("xy", [1, 3], k=5), r.getrandbits(70), r.betavariate(1, 2), r.triangular(), r.expovariate(2), r.randbytes(4), r.vonmisesvariate(1, 2), r.paretovariate(3), r.lognormvariate(0, 1), r.normalvariate(), r.gammavariate(2, 1), r.weibullvariate(1, 2))
x = list(range(10))
r.shuffle(x)
print(x, hash(r.getstate()) == hash(r.getstate()), random.Random("seed").random(), random.Random(b"seed").random(), random.Random(2.5).random())

text = "Straße ǅ İstanbul ﬁn ß Σας 𝔘nicode ½ ²"
print(text.upper(), text.lower(), text.title(), text.casefold(), text.swapcase(), text.capitalize(), sep="|")
print("a,b,,c".split(","), " a  b ".split(), "a,b,c".rsplit(",", 1), "x=1=2".partition("="), "x".rpartition("="), "a\nb\r\nc\x85d\u2028e\x1cf".splitlines(), "ab\n".splitlines(True), "aXbX".replace("X", "--", 1), "banana".count("an"), "banana".rfind("an"), "tESt".center(10, "*"), "42".zfill(5), "-42".zfill(6), "a\tb".expandtabs(4), "xxaxx".strip("x"), "prefix_x".removeprefix("prefix_"), "abc".translate({97: "X", 98: None}), "".join(reversed("abc")), "%s" % ("t",), "a" in "abc", "é" == "e\u0301", sep=" ; ")
print([f for f in ("isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isspace", "istitle", "isupper", "islower", "isidentifier", "isprintable", "isascii") for s in ("½²3", "Abc", " \t", "a_b") if getattr(s, f)()])
print(unicodedata.name("é"), unicodedata.normalize("NFD", "é").encode(), unicodedata.category("€"), unicodedata.lookup("GREEK SMALL LETTER ALPHA"), unicodedata.east_asian_width("日"), unicodedata.numeric("½"), ascii("é\U0001f40d"), repr("'\"\n\x7f\xad\u200b"), "\ud800".encode("utf-8", "surrogatepass"))
print("é".encode("latin-1"), "é€".encode("ascii", "xmlcharrefreplace"), "é".encode("ascii", "backslashreplace"), "é".encode("ascii", "namereplace"), b"\xc3\xa9\xff".decode("utf-8", "replace"), b"\xff".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape"), "a".encode("utf-16"), "é".encode("utf-7"), "bücher".encode("idna"), "bücher".encode("punycode"), b"abc".hex("-"), bytes.fromhex("61 62"))
print(textwrap.fill("The quick brown fox jumps over the lazy dog and runs off " * 2, 30, initial_indent="* ", subsequent_indent="  "), textwrap.dedent("    a\n      b\n    c"), textwrap.shorten("Hello wonderful world", 12), textwrap.indent("a\n\nb", "> "), sep="\n")
print(string.Template("$a ${b} $$").substitute(a=1, b=2), string.capwords("hello  world"), string.Formatter().format("{0!r} {x[0]:>5}", "a", x=[1]), string.ascii_letters[::13], string.punctuation)
print(struct.pack("<bhiq?fd5sp", -1, 2, 3, 4, True, 0.5, 1.5, b"ab", b"c"), struct.unpack(">HxI", b"\x01\x02\x00\x00\x00\x00\x05"), struct.calcsize("@bi"), list(struct.iter_unpack("<H", b"\1\0\2\0")))
a = array.array("i", [1, 2, 3])
a.extend([4])
a.insert(0, 9)
print(a, a.tobytes(), a.typecode, a.itemsize, a[1:3], a.index(3), array.array("u", "é"), array.array("d", [1.5]) * 2)
m = memoryview(bytearray(b"abcdefgh"))
m[2:4] = b"XY"
print(m.tolist(), m[::2].tobytes(), m.cast("H").shape, m.cast("B", (2, 4)).tolist(), m.readonly, m.nbytes, bytes(m[::-1]), m == b"abXYefgh")
for bad in ("struct.pack('b', 300)", "struct.unpack('i', b'a')", "struct.pack('z')", "array.array('x')", "a.remove(77)", "m.cast('x')", "memoryview(b'a')[0:1].__setitem__(0, 1)"):
    try:
        eval(bad)
    except Exception as error:
        print(f"{bad}: {type(error).__module__}.{type(error).__name__}: {error}")
