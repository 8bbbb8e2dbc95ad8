"""What each caller uses, counted where it is used and shared where that is worth its cost.

An instance of a function counts by itself until a caller has used a part of its allowance, and then writes
that to the caller's account, from which it learns what the others wrote. Light use costs no call at all; of
heavy use each instance may serve a part (a ten-thousandth) before it knows.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Protocol

from skybatch.callers.usage import WORDS, Level, Usage
from skybatch.errors import TooMany

MAX_KNOWN = 20_000  # callers that an instance remembers; who called longest ago is forgotten first

NOTHING = Usage()


class Shared(Protocol):
    """Accounts that instances share, as `skybatch.callers.accounts.Accounts` has them."""

    def key(self, who: str) -> str:
        """Return the key of somebody's account."""
        ...

    def take(self, key: str, amount: Usage, allowance: Usage, now: float) -> Level | None:
        """Take an amount off an allowance; return what is taken then, None where another was faster."""
        ...


@dataclass(frozen=True)
class Known:
    """What an instance knows of one caller: what is not shared yet, and until when nothing may be used."""

    unshared: Usage = NOTHING
    closed_until: float = 0.0
    reason: str = ""


class Meter:
    """Counts the use of those who share an allowance a head.

    Parameters
    ----------
    accounts
        What is shared with other instances.
    allowance
        What each may use within a day.
    noun
        What an error calls them.
    """

    def __init__(self, accounts: Shared, allowance: Usage, noun: str) -> None:
        self._accounts = accounts
        self._allowance = allowance
        self._noun = noun
        self._known: OrderedDict[str, Known] = OrderedDict()

    def check(self, who: str, now: float) -> None:
        """Raise TooMany for somebody who has used all there is; it tells when to come back."""
        known = self._known.get(who)
        if known is not None and known.closed_until > now:
            raise TooMany(known.reason, retry_after=int(known.closed_until - now) + 1)

    def charge(self, who: str, amount: Usage, now: float) -> None:
        """Count what somebody used. Raises what the accounts raise; the amount stays counted then."""
        known = self._known.get(who, Known())
        unshared = known.unshared + amount
        self._remember(who, replace(known, unshared=unshared))
        if not unshared.is_part_of(self._allowance):
            return
        level = self._accounts.take(self._accounts.key(who), unshared, self._allowance, now)
        if level is not None:
            self._remember(who, self._after(level, now))

    def _after(self, level: Level, now: float) -> Known:
        exhausted = level.exhausted(self._allowance)
        if exhausted is None:
            return Known()
        measure, wait = exhausted
        return Known(closed_until=now + wait, reason=exhausted_text(self._noun, measure, self._allowance))

    def _remember(self, who: str, known: Known) -> None:
        self._known[who] = known
        self._known.move_to_end(who)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)


def exhausted_text(noun: str, measure: str, allowance: Usage) -> str:
    """Tell what was used up."""
    amount = WORDS[measure].format(getattr(allowance, measure))
    return f"This {noun} has used the {amount} that it may within a day; more is given back as time goes by."
