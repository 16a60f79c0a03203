import math, cmath, fractions, decimal, statistics, random

print(
    math.comb(50, 25),
    math.gcd(12, 18, 6),
    math.lcm(4, 6),
    math.isqrt(10**40),
    math.factorial(30),
    math.prod([1, 2, 3]),
    math.dist((0, 0), (3, 4)),
    math.hypot(1, 2, 3),
    math.fsum([0.1] * 10),
    math.nextafter(1, 2),
    math.ulp(1),
)
for f in (
    lambda: math.sqrt(-1),
    lambda: math.log(0),
    lambda: math.factorial(-1),
    lambda: math.exp(1000),
    lambda: 1 // 0,
    lambda: 1 % 0,
    lambda: 1.0 // 0,
    lambda: 0**-1,
    lambda: 2**-1,
    lambda: (-8) ** (1 / 3),
    lambda: pow(3, -1, 7),
    lambda: pow(2, -1, 4),
    lambda: int("x"),
    lambda: int("0x1f", 0),
    lambda: int("1_000"),
    lambda: int("1__0"),
    lambda: float("1e"),
    lambda: complex("1+2j"),
    lambda: complex("x"),
    lambda: round(2.5),
    lambda: round(-1.005, 2),
    lambda: round(12345, -2),
    lambda: divmod(-7, 3),
    lambda: -7 // 2,
    lambda: -7 % 3,
    lambda: 7.5 % -2,
    lambda: 1 << 100,
    lambda: -1 >> 3,
    lambda: ~5,
    lambda: 1 << -1,
    lambda: int("9" * 5000),
    lambda: len(str(10**4299)),
    lambda: str(10**4300),
    lambda: int(1e308),
    lambda: int(float("nan")),
    lambda: (1).bit_length(),
    lambda: (255).to_bytes(2, "little"),
    lambda: (256).to_bytes(1, "big"),
    lambda: int.from_bytes(b"\xff\x00", "big", signed=True),
    lambda: (0.1).hex(),
    lambda: float.fromhex("0x1p-3"),
    lambda: (0.75).as_integer_ratio(),
    lambda: 1e16,
    lambda: 0.1 + 0.2,
    lambda: 1 / 3,
    lambda: 5e-324,
    lambda: 1.7976931348623157e308,
    lambda: 123456789012345678.0,
    lambda: 1j**2,
    lambda: abs(3 + 4j),
    lambda: 1 < 1j,
    lambda: hash(1.0) == hash(1),
    lambda: hash(float("inf")),
    lambda: hash(2**61 - 1),
    lambda: (10).bit_count(),
    lambda: True + True,
    lambda: bool(""),
    lambda: int(True),
    lambda: "%.20f" % 0.1,
    lambda: 10**20 / 3,
    lambda: 2**1000 / 3**500,
    lambda: float(10**400),
):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)
print(
    fractions.Fraction("3/4") + fractions.Fraction(1, 3),
    fractions.Fraction(0.5),
    fractions.Fraction(3.14159).limit_denominator(100),
)
decimal.getcontext().prec = 30
D = decimal.Decimal
print(
    D(1) / D(7),
    D("1.10") + D("2.20"),
    D(2).sqrt(),
    D("1E+5").quantize(D("0.01")),
    D("NaN"),
    D("-0"),
    round(D("2.675"), 2),
    D("1.23").as_tuple(),
)
try:
    D(1) / D(0)
except Exception as e:
    print(repr(e))
print(
    statistics.mean([1, 2, 3, 4]),
    statistics.stdev([1, 2, 3, 4]),
    statistics.median([3, 1, 2]),
    statistics.mode("aab"),
    statistics.quantiles([1, 2, 3, 4, 5]),
    statistics.linear_regression([1, 2, 3], [2, 4, 7]),
)
random.seed(42)
print(
    random.random(),
    random.randint(1, 100),
    random.choice("abc"),
    random.sample(range(100), 5),
    random.shuffle(l := list(range(10))),
    l,
    random.gauss(0, 1),
    random.choices("ab", [1, 3], k=5),
    random.uniform(1, 2),
    random.getrandbits(70),
    random.expovariate(1),
    random.betavariate(1, 2),
)
print(cmath.sqrt(-1), cmath.exp(1j * math.pi), cmath.phase(-1), cmath.polar(1 + 1j))
