"""Taking a known amount off somebody's allowance, all of it or nothing."""

from __future__ import annotations

import math

from skybatch.callers.accounts import Accounts
from skybatch.callers.usage import DAY_SECONDS, MEASURES, WORDS, Usage
from skybatch.errors import TooMany, Transient

MAX_ATTEMPTS = 20  # of those that write an account at one moment, one succeeds


def reserve(accounts: Accounts, key: str, amount: Usage, allowance: Usage, now: float, noun: str) -> None:
    """Take an amount off the allowance of an account.

    Raises
    ------
    TooMany
        So much is not left; it tells after how many seconds it is.
    Transient
        Too many others write the account.
    """
    for _ in range(MAX_ATTEMPTS):
        _check(accounts.level(key, allowance, now).used, amount, allowance, noun)
        if accounts.take(key, amount, allowance, now) is not None:
            return
    raise Transient("Too many requests are accounted for at once.")


def _check(used: Usage, amount: Usage, allowance: Usage, noun: str) -> None:
    for name in MEASURES:
        before, more, allowed = (getattr(each, name) for each in (used, amount, allowance))
        if more > 0 and before + more > allowed:
            told, most = WORDS[name].format(more), WORDS[name].format(allowed)
            raise TooMany(
                f"This asks for {told}; together with what this {noun} asked for within a day "
                f"that is more than the {most} that it may.",
                retry_after=_seconds_to_wait(before + more - allowed, allowed),
            )


def _seconds_to_wait(excess: float, allowed: float) -> int:
    return math.ceil(min(excess / allowed, 1.0) * DAY_SECONDS) if allowed else DAY_SECONDS
