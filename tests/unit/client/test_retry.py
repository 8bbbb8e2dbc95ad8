"""Delays before a repetition grow, are random, and never shorter than the server's Retry-After."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from skybatch.client.retry import RetryPolicy, parse_retry_after


def test_pauses_double_up_to_the_longest_and_are_spread() -> None:
    policy = RetryPolicy(initial_delay=0.5, max_delay=4.0)
    for attempt, bound in [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (9, 4.0)]:
        pauses = [policy.delay(attempt) for _ in range(400)]
        assert 0 <= min(pauses) < 0.1 * bound
        assert 0.9 * bound < max(pauses) <= bound


def test_a_pause_is_never_shorter_than_the_server_asked() -> None:
    assert min(RetryPolicy().delay(1, 7.0) for _ in range(100)) >= 7.0


def test_gives_up_after_its_tries_or_on_a_wait_too_long() -> None:
    policy = RetryPolicy(max_attempts=3, max_retry_after=60)
    assert not policy.is_exhausted(2, None)
    assert policy.is_exhausted(3, None)
    assert policy.is_exhausted(1, 61.0)
    assert not policy.is_exhausted(1, 60.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5.0),
        ("0", 0.0),
        (formatdate(1030.0, usegmt=True), 30.0),
        (None, None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, now=1000.0) == seconds


def test_a_date_gone_by_asks_for_no_wait() -> None:
    assert parse_retry_after(formatdate(10.0, usegmt=True), now=1000.0) == 0.0
