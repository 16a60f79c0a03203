"""Creating objects: plain classes, slots, subclasses, small named tuples and dataclasses."""
from collections import namedtuple
from dataclasses import dataclass

class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

class Point3(Point):
    def __init__(self, x, y, z=0):
        super().__init__(x, y)
        self.z = z

class Empty:
    pass

@dataclass
class Record:
    name: str
    size: int = 0

Pair = namedtuple("Pair", "left right")

def run(rounds):
    total = 0
    for i in range(rounds):
        total += Point(i, 1).x + Slotted(i, 2).y + Point3(i, 1).z
        Empty()
        total += Record("r", i).size + Pair(i, 2).right
    return total

assert run(150000) == 22500450000
