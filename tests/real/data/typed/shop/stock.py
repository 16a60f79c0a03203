from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import Callable, Generic, Iterator, Literal, NamedTuple, Protocol, TypedDict, TypeVar, overload

T = TypeVar("T", bound="Priced")
Size = Literal["small", "large"]


class Priced(Protocol):
    @property
    def price(self) -> int: ...


@dataclasses.dataclass(frozen=True, order=True)
class Item:
    name: str
    price: int
    size: Size = "small"
    tags: set[str] = dataclasses.field(default_factory=set)


class Row(TypedDict, total=False):
    name: str
    count: int


class Place(NamedTuple):
    shelf: int
    box: str = "a"


class Stock(Generic[T]):
    def __init__(self) -> None:
        self._things: defaultdict[Place, list[T]] = defaultdict(list)

    def put(self, thing: T, place: Place) -> None:
        self._things[place].append(thing)

    @overload
    def take(self, place: Place) -> T: ...
    @overload
    def take(self, place: Place, count: int) -> list[T]: ...
    def take(self, place: Place, count: int | None = None) -> T | list[T]:
        things = self._things[place]
        if count is None:
            return things.pop()
        reveal_type(count)
        return [things.pop() for _ in range(count)]

    def __iter__(self) -> Iterator[T]:
        for things in self._things.values():
            yield from things

    def cheapest(self, key: Callable[[T], int] = lambda thing: thing.price) -> T:
        return min(self, key=key)

    async def later(self) -> str:
        return self.put
