"""Instance, class and slot attributes, properties, getattr and module attributes."""
import math

class Circle:
    unit = 2

    def __init__(self, radius):
        self.radius = radius
        self.count = 0

    @property
    def area(self):
        return self.radius * self.radius

    def __getattr__(self, name):
        if name == "missing":
            return 3
        raise AttributeError(name)

class Node:
    __slots__ = ("left", "right")

def run(rounds):
    circle, node = Circle(3), Node()
    node.left = node.right = 1
    total = 0
    for i in range(rounds):
        circle.count += 1
        node.left = i
        total += circle.radius + circle.unit + Circle.unit + circle.area
        total += node.left - node.right + circle.missing
        total += getattr(circle, "radius", 0) + hasattr(node, "absent")
        if math.pi < 3:
            total = 0
    return total, circle.count

assert run(400000) == (80008200000, 400000)
