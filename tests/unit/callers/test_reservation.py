"""A known amount is taken whole or not at all."""

from __future__ import annotations

import math

import pytest
from obstore.store import MemoryStore

from skybatch.callers.accounts import Accounts
from skybatch.callers.reservation import MAX_ATTEMPTS, reserve
from skybatch.callers.usage import DAY_SECONDS, Level, Usage
from skybatch.errors import TooMany, Transient

ALLOWANCE = Usage(seconds=math.inf, bytes=math.inf, images=1000, links=math.inf)


def take(accounts: Accounts, images: float, now: float = 0.0) -> None:
    reserve(accounts, accounts.key("a"), Usage(images=images), ALLOWANCE, now, "network address")


def test_all_that_is_left_can_be_taken_and_no_more() -> None:
    accounts = Accounts(MemoryStore())
    take(accounts, 600)
    take(accounts, 400)
    with pytest.raises(TooMany, match=r"250 images.*1,000 images") as caught:
        take(accounts, 250)
    assert caught.value.retry_after == DAY_SECONDS / 4
    with pytest.raises(TooMany):
        take(accounts, 250, DAY_SECONDS / 4 - 10)
    take(accounts, 250, DAY_SECONDS / 4)


def test_what_is_refused_is_not_taken() -> None:
    accounts = Accounts(MemoryStore())
    with pytest.raises(TooMany) as caught:
        take(accounts, 5000)
    assert caught.value.retry_after == DAY_SECONDS
    take(accounts, 1000)


def test_who_is_always_too_late_may_try_again() -> None:
    class Busy(Accounts):
        attempts = 0

        def take(self, key: str, amount: Usage, allowance: Usage, now: float) -> Level | None:
            self.attempts += 1
            return None

    accounts = Busy(MemoryStore())
    with pytest.raises(Transient):
        take(accounts, 1)
    assert accounts.attempts == MAX_ATTEMPTS
