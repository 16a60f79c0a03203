"""Knots and their lengths.

>>> length("bowline")
30
>>> length("nosuch")
Traceback (most recent call last):
  ...
KeyError: 'nosuch'
"""


def length(knot):
    """Return the length of a knot.

    >>> length("hitch")
    21
    >>> [length(k) for k in sorted(KNOTS)]    # doctest: +NORMALIZE_WHITESPACE
    [30,
     20]
    >>> print("a\\n\\nb")
    a
    <BLANKLINE>
    b
    """
    return KNOTS[knot]


class Rope:
    """A rope.

    >>> r = Rope(5)
    >>> r
    Rope(5)
    >>> r.cut(7)
    Traceback (most recent call last):
    ValueError: too short
    >>> r.cut(2).size
    4
    """

    def __init__(self, size):
        self.size = size

    def __repr__(self):
        return f"Rope({self.size})"

    def cut(self, much):
        if much > self.size:
            raise ValueError("too long")
        return Rope(self.size - much)


KNOTS = {"bowline": 30, "hitch": 20}
