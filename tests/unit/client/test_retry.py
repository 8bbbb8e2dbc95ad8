"""Pauses grow, are spread, and never undercut what the server asked for."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from skybatch.client.retry import Backoff, retry_after


def test_pauses_double_up_to_the_longest_and_are_spread() -> None:
    backoff = Backoff(first=0.5, longest=4.0)
    for attempt, bound in [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (9, 4.0)]:
        pauses = [backoff.pause(attempt) for _ in range(400)]
        assert 0 <= min(pauses) < 0.1 * bound
        assert 0.9 * bound < max(pauses) <= bound


def test_a_pause_is_never_shorter_than_the_server_asked() -> None:
    assert min(Backoff().pause(1, 7.0) for _ in range(100)) >= 7.0


def test_gives_up_after_its_tries_or_on_a_wait_too_long() -> None:
    backoff = Backoff(tries=3, patience=60)
    assert not backoff.hopeless(2, None)
    assert backoff.hopeless(3, None)
    assert backoff.hopeless(1, 61.0)
    assert not backoff.hopeless(1, 60.0)


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
    assert retry_after(text, now=1000.0) == seconds


def test_a_date_gone_by_asks_for_no_wait() -> None:
    assert retry_after(formatdate(10.0, usegmt=True), now=1000.0) == 0.0
