"""Polling for the end of a batch: growing pauses within bounds, a timeout, and the end in each state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skybatch.client import BatchFailed, StillRunning
from skybatch.client.polling import LONGEST_POLL, SHORTEST_POLL, poll_until_ended
from skybatch.status import BatchStatus


class Clock:
    """A clock that only sleeping moves, and a batch that ends at a time."""

    def __init__(self, ends_at: float, state: str = "complete") -> None:
        self.now, self.ends_at, self.state = 0.0, ends_at, state
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def status(self) -> BatchStatus:
        state = self.state if self.now >= self.ends_at else "working"
        return BatchStatus.from_json({"batch_id": "0" * 32, "state": state, "reason": "no inventory"})


@pytest.fixture
def clock_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Clock]:
    def start(ends_at: float, state: str = "complete") -> Clock:
        clock = Clock(ends_at, state)
        monkeypatch.setattr("skybatch.client.polling.time.monotonic", lambda: clock.now)
        return clock

    return start


def test_pauses_grow_with_the_waiting_time_within_their_bounds(clock_of: Callable[..., Clock]) -> None:
    clock = clock_of(1000.0)
    assert poll_until_ended(clock.status, clock.sleep).state == "complete"
    assert clock.pauses == sorted(clock.pauses)
    assert (clock.pauses[0], clock.pauses[-1]) == (SHORTEST_POLL, LONGEST_POLL)


@pytest.mark.parametrize("ends_at", [0.0, 3.0, 60.0, 180.0])
def test_the_end_is_noticed_within_a_twentieth(clock_of: Callable[..., Clock], ends_at: float) -> None:
    clock = clock_of(ends_at)
    poll_until_ended(clock.status, clock.sleep)
    assert clock.now <= 1.05 * ends_at + SHORTEST_POLL


def test_a_timeout_is_kept_to_the_second(clock_of: Callable[..., Clock]) -> None:
    clock = clock_of(1000.0)
    with pytest.raises(StillRunning):
        poll_until_ended(clock.status, clock.sleep, timeout=33.0)
    assert clock.now == pytest.approx(33.0)


def test_a_cancelled_batch_has_ended_and_a_failed_one_raises(clock_of: Callable[..., Clock]) -> None:
    clock = clock_of(1.0, "cancelled")
    assert poll_until_ended(clock.status, clock.sleep).state == "cancelled"
    clock = clock_of(1.0, "failed")
    with pytest.raises(BatchFailed, match="no inventory"):
        poll_until_ended(clock.status, clock.sleep)
