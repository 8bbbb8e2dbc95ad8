"""Calls side by side keep their order and their bounds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from skybatch.concurrency import QUEUED_PER_WORKER, parallel_map


def test_answers_keep_the_order_of_the_items() -> None:
    def call(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number * number

    assert list(parallel_map(call, range(50), 4)) == [n * n for n in range(50)]
    assert list(parallel_map(call, [], 4)) == []


def test_no_more_run_at_a_time_than_asked_and_no_more_items_are_taken_than_needed() -> None:
    running, most, taken = 0, 0, 0
    lock = threading.Lock()

    def call(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.001)
        with lock:
            running -= 1

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(200):
            taken += 1
            yield number

    for done, _ in enumerate(parallel_map(call, items(), 3), 1):
        assert taken <= done + QUEUED_PER_WORKER * 3 + 1
    assert 1 < most <= 3


def test_a_call_that_raises_stops_those_not_begun() -> None:
    begun: list[int] = []

    def call(number: int) -> None:
        begun.append(number)
        if number == 3:
            raise KeyboardInterrupt
        time.sleep(0.002)

    with pytest.raises(KeyboardInterrupt):
        list(parallel_map(call, range(1000), 2))
    assert len(begun) < 30
