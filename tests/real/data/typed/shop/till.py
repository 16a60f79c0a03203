import contextlib
from typing import Any, Final, Iterable, ParamSpec, TypeVar, Callable

from .stock import Item, Place, Row, Stock

P = ParamSpec("P")
R = TypeVar("R")
VAT: Final = 20
VAT = 21


def counted(function: Callable[P, R]) -> Callable[P, list[R]]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> list[R]:
        return [function(*args, **kwargs)]

    return inner


@counted
def total(items: Iterable[Item], *, rebate: float = 0.0) -> float:
    return sum(i.price for i in items) * (1 - rebate)


def untyped(x):
    return x.nothing + 1


def use(stock: Stock[Item], anything: Any, row: Row) -> None:
    apple = Item("apple", "3", size="huge")
    apple.price = 4
    stock.put(apple, (1, "b"))
    stock.put(3, Place(1))
    reveal_type(stock.take(Place(shelf=1)))
    reveal_type(stock.take(Place(2), 3))
    reveal_type(total)
    total([apple], rabate=1)
    print(row["cuont"], stock.tkae, apple < apple, apple + apple)
    match apple:
        case Item(name=str() as name, price=int(p)) if p > 3:
            reveal_type((name, p))
        case Item():
            reveal_type(apple)
    with contextlib.suppress(KeyError) as nothing:
        reveal_type(nothing)
    for key, value in row.items():
        reveal_type(value)
    squares = {n: n**2 for n in range(3)}
    squares["one"] = [x for x in anything][0]
    lambda: squares.pop()
    stock.cheapest(lambda i: i.name)
    if isinstance(apple, str):
        print("never")
    total(apple)  # type: ignore[arg-type]
    use(stock, 1, row)  # type: ignore
    return 1


class Special(Stock[int]):
    def put(self, thing: str, place: Place) -> int:
        return super().put(thing, place)
