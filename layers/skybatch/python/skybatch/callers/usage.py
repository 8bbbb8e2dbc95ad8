"""What is used of a service, what may be within a day, and how it is given back.

An allowance is a bucket that leaks: what was taken of it is given back evenly over a day. Who has taken all
of it goes on at the rate at which it is given back; a day of use is at most twice the allowance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

DAY_SECONDS = 86_400
# Parts of an allowance that are accounted for at a time: each costs a write.
PARTS = 10_000


@dataclass(frozen=True)
class Usage:
    """Amounts that are used, or may be: of an allowance, infinity is any amount.

    Attributes
    ----------
    seconds
        For which functions worked.
    bytes
        Sent through functions.
    images
        Planned for batches.
    links
        Signed, to files in S3.
    """

    seconds: float = 0.0
    bytes: float = 0.0
    images: float = 0.0
    links: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, name) + getattr(other, name) for name in MEASURES))

    def is_part_of(self, allowance: Usage) -> bool:
        """Whether any of the amounts is a part of the allowance worth accounting for."""
        return any(
            getattr(self, name) > 0 and getattr(self, name) * PARTS >= getattr(allowance, name)
            for name in MEASURES
        )


MEASURES = tuple(field.name for field in fields(Usage))
# How an amount of each is told.
WORDS = {
    "seconds": "{:,.0f} s of computing",
    "bytes": "{:,.0f} bytes of answers",
    "images": "{:,.0f} images",
    "links": "{:,.0f} links",
}


@dataclass(frozen=True)
class Level:
    """What is taken of an allowance at a time (Unix seconds)."""

    used: Usage
    at: float

    def later(self, now: float, allowance: Usage) -> Level:
        """Return the level at ``now``: less, by what was given back since."""
        if now <= self.at:
            return self
        days = (now - self.at) / DAY_SECONDS
        left = (max(0.0, getattr(self.used, name) - getattr(allowance, name) * days) for name in MEASURES)
        return Level(Usage(*left), now)

    def exhausted(self, allowance: Usage) -> tuple[str, int] | None:
        """Return the measure that is used up and the seconds until a part of it is given back, else None.

        Of several, the one that takes longest.
        """
        waits = {
            name: _seconds_to_wait(getattr(self.used, name), getattr(allowance, name)) for name in MEASURES
        }
        name = max(waits, key=lambda each: waits[each])
        return (name, math.ceil(waits[name])) if waits[name] > 0 else None


def _seconds_to_wait(used: float, allowed: float) -> float:
    if math.isinf(allowed) or used < allowed:
        return 0.0
    excess = used - allowed + allowed / PARTS
    return min(excess / allowed, 1.0) * DAY_SECONDS if allowed else float(DAY_SECONDS)
