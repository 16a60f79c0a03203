"""Properties that hold and properties that do not: what hypothesis finds, shrinks and reports."""
import datetime
import enum
import math
import typing
from dataclasses import dataclass

import attr
import pytest
from hypothesis import HealthCheck, Phase, assume, event, example, find, given, note, seed, settings, strategies as st, target
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

settings.register_profile("plain", derandomize=True, database=None, deadline=None, max_examples=40,
                          suppress_health_check=list(HealthCheck))
settings.load_profile("plain")


class Colour(enum.Enum):
    RED, GREEN = "r", "g"


@dataclass
class Point:
    x: int
    y: float = 0.0
    colour: Colour = Colour.RED


@attr.s(auto_attribs=True, slots=True, frozen=True)
class Box:
    width: int = attr.ib(validator=attr.validators.ge(0))
    content: typing.Optional[Point] = None


@given(st.lists(st.integers()))
def test_sorting_is_idempotent(xs):
    assert sorted(sorted(xs)) == sorted(xs)


@given(st.integers(), st.integers(1))
def test_division(a, b):
    q, r = divmod(a, b)
    assert q * b + r == a and 0 <= r < b


@given(st.text())
def test_text_round_trips(text):
    assert text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") == text


@given(st.from_type(Point))
def test_point_equals_itself(point):
    assert point == Point(point.x, point.y, point.colour)


@given(st.lists(st.integers(), min_size=1))
def test_mean_is_found_wrong(xs):
    assert sum(xs) < 100


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=500)))
def test_upper_then_lower(text):
    assert text.upper().lower() == text.lower()


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_addition_of_floats(a, b):
    assume(math.isfinite(a) and math.isfinite(b))
    note(f"sum is {a + b!r}")
    assert a + b - b == a


@given(st.recursive(st.none() | st.booleans(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner)))
def test_nesting(tree):
    def depth(t): return 1 + max(map(depth, t.values() if isinstance(t, dict) else t), default=0) if isinstance(t, (list, dict)) else 0
    event(f"depth {min(depth(tree), 2)}")
    assert depth(tree) < 3


@given(st.from_regex(r"\A[a-c]+(\d{2}|-)?\Z"), st.binary(max_size=3), st.permutations(range(4)))
def test_regular(text, raw, order):
    assert set(text.rstrip("-0123456789٠٢")) <= set("abc") or not text.isascii()
    assert sorted(order) == [0, 1, 2, 3] and len(raw) < 3


@given(st.builds(Box, width=st.integers(0)), st.data())
def test_boxes(box, data):
    smaller = data.draw(st.integers(0, box.width), label="smaller")
    assert Box(smaller).width == box.width


@given(st.datetimes(timezones=st.just(datetime.timezone.utc)), st.timedeltas())
def test_dates(when, delta):
    try:
        assert when + delta - delta == when
    except OverflowError:
        assert delta < datetime.timedelta(days=700000)


@example(7)
@given(st.integers(0, 1000).filter(lambda n: n % 7 == 0).map(lambda n: n * 2))
def test_two_bugs(n):
    if n > 700:
        raise KeyError(n)
    assert n % 2 == 0


@settings(max_examples=100, phases=[Phase.generate, Phase.target, Phase.shrink])
@given(st.floats(0, 1e6))
def test_targeted(x):
    target(x)
    assert x < 999_000


@given(st.complex_numbers(max_magnitude=10), st.fractions(0, 1), st.decimals(-1, 1, places=2), st.uuids(version=4), st.ip_addresses())
def test_others(z, f, d, u, ip):
    assert abs(z) <= 10.001 and 0 <= f <= 1 and -1 <= d <= 1 and u.version == 4 and ip.version in (4, 6)


@pytest.mark.parametrize("size", [1, 3])
@given(st.data())
def test_parametrized(size, data):
    assert len(data.draw(st.sets(st.integers(0, 9), min_size=size))) >= size


def test_find():
    assert find(st.lists(st.integers()), lambda xs: sum(xs) >= 10 and len(xs) > 2, settings=settings()) == [0, 0, 10]


@given(x=st.integers())
def test_nothing_of_that_name(y):
    pass


class Account(RuleBasedStateMachine):
    accounts = Bundle("accounts")

    def __init__(self):
        super().__init__()
        self.balance = {}

    @initialize(target=accounts)
    def first(self): return self.open("main")

    def open(self, name):
        self.balance.setdefault(name, 0)
        return name

    @rule(target=accounts, name=st.text("xyz", min_size=1))
    def another(self, name): return self.open(name)

    @rule(account=accounts, amount=st.integers(1, 100))
    def pay_in(self, account, amount): self.balance[account] = self.balance.get(account, 0) + amount

    @precondition(lambda self: len(self.balance) > 1)
    @rule(source=consumes(accounts), to=accounts, amount=st.integers(1, 100))
    def move(self, source, to, amount):
        self.balance[source] = self.balance.get(source, 0) - amount
        self.balance[to] = self.balance.get(to, 0) + amount

    @invariant()
    def never_in_debt(self): assert all(b >= 0 for b in self.balance.values())


TestAccount = Account.TestCase
