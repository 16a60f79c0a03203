"""Heights of tides, as a harbour master reckons them."""
from __future__ import annotations

import enum

#: Metres that every boat keeps below its keel.
CLEARANCE = 0.5


class Phase(enum.Enum):
    """Phase of the moon."""

    NEW = "new"  #: dark
    FULL = "full"  #: bright


class Tide:
    """One high water.

    Args:
        height (float): metres above chart datum.
        phase: of the moon, :attr:`Phase.NEW` when unknown.

    >>> Tide(4.0).spring
    True
    """

    def __init__(self, height: float, phase: Phase = Phase.NEW) -> None:
        self.height = height
        self.phase = phase

    @property
    def spring(self) -> bool:
        """Whether it is a spring tide."""
        return self.phase in (Phase.NEW, Phase.FULL)

    def fits(self, draught: float, /, *, clearance: float = CLEARANCE) -> bool:
        """Whether a boat may enter.

        Returns:
            bool: true when `draught` and clearance fit.

        Raises:
            ValueError: for a negative draught.
        """
        if draught < 0:
            raise ValueError(draught)
        return draught + clearance <= self.height


async def watch(*tides: Tide, limit: int | None = None) -> list[Tide]:
    """Wait for the tides."""
    return list(tides[:limit])
