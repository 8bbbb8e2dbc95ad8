"""Parameters of a request to a VO service: names in any case, values as text, several allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from skybatch.errors import CellError, MalformedRequest

T = TypeVar("T")

MAX_ROWS = 10_000
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class Parameters:
    """Pairs of name and value in the order received; names are case-insensitive.

    A value that is blank counts as not given (DALI 1.1 section 2.1 leaves that to services).
    """

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]] | Mapping[str, str]) -> Parameters:
        """Make them from pairs as a query string or a form carries them."""
        listed = pairs.items() if isinstance(pairs, Mapping) else pairs
        return cls(tuple((name.lower(), value.strip()) for name, value in listed))

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values given under a name."""
        wanted = name.lower()
        return tuple(value for known, value in self.pairs if known == wanted and value)

    def text(self, name: str, default: str = "") -> str:
        """Return the value of a name, the last where it was given several times."""
        return (self.every(name) or (default,))[-1]

    def named(self, name: str) -> bool:
        """Return whether the name was given at all, even without a value."""
        return any(known == name.lower() for known, _ in self.pairs)

    def max_rows(self) -> int:
        """Return MAXREC, 10,000 by default and at most (DALI 1.1 section 3.4.4). Raises MalformedRequest."""
        text = self.text("maxrec")
        if not text:
            return MAX_ROWS
        if not _WHOLE.fullmatch(text):
            raise refused("MAXREC", text, "must be a whole number of rows")
        return min(int(text), MAX_ROWS)


class Interval(NamedTuple):
    """The ends of an interval, both included; infinite ones leave a side open."""

    first: float
    last: float

    def meets(self, low: float, high: float) -> bool:
        """Return whether it shares a point with the interval from ``low`` to ``high``."""
        return low <= self.last and high >= self.first


def number(name: str, text: str) -> float:
    """Read a finite decimal number. Raises MalformedRequest, which names the parameter."""
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise refused(name, text, "must be a decimal number")
    return float(text)


def number_or_infinity(name: str, text: str) -> float:
    """Read a decimal number, ``-Inf`` or ``+Inf`` (DALI 1.1 section 3.3.4). Raises MalformedRequest."""
    infinite = {"-inf": -math.inf, "+inf": math.inf, "inf": math.inf}
    return infinite[text.lower()] if text.lower() in infinite else number(name, text)


def interval(name: str, text: str) -> Interval:
    """Read an interval: two numbers, which may be infinite, or one that is both ends.

    Raises MalformedRequest.
    """
    words = text.split()
    if not 1 <= len(words) <= 2:
        raise refused(name, text, "must be one number, or two with a blank between")
    ends = [number_or_infinity(name, word) for word in words]
    if ends[0] > ends[-1]:
        raise refused(name, text, "must be two numbers of which the first is not the greater")
    return Interval(ends[0], ends[-1])


def choice(name: str, text: str, known: Mapping[str, T]) -> T:
    """Return what one of a few words, in any case, stands for. Raises MalformedRequest."""
    try:
        return known[text.lower()]
    except KeyError:
        words = ", ".join(word.upper() for word in known)
        raise refused(name, text, f"must be one of {words}") from None


def refused(name: str, value: str, rule: str) -> MalformedRequest:
    """Return the error of one bad parameter, in a sentence a person can act on."""
    error = CellError(name, value, rule)
    return MalformedRequest(error.sentence() if value else f"{name} {rule}", errors=[error])
