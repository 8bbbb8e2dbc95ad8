"""Calls side by side: in order, bounded, and over when the time is."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from skybatch.batch.execution.ordered_calls import Call, CallBounds, OutOfTime, ordered_calls

SECONDS = 20.0


def run(
    call: Callable[[int], int],
    count: int,
    bounds: CallBounds,
    left: Callable[[], float] = lambda: SECONDS,
    held: int = 1,
) -> list[Call[int, int]]:
    return list(ordered_calls(call, range(count), lambda _: held, bounds, left))


def test_results_come_in_the_order_of_the_items() -> None:
    first = threading.Event()

    def call(item: int) -> int:
        if item == 3:
            first.set()
        assert item or first.wait(SECONDS)  # the first ends after the others
        return item * item

    assert [each.result for each in run(call, 8, CallBounds(4, 100))] == [n * n for n in range(8)]


class Counted:
    """Counts the calls that run at a time."""

    def __init__(self) -> None:
        self.lock, self.running, self.most = threading.Lock(), 0, 0

    def __call__(self, item: int) -> int:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        threading.Event().wait(0.005)
        with self.lock:
            self.running -= 1
        return item


@pytest.mark.parametrize(("in_flight", "held", "most"), [(3, 1, 3), (8, 30, 3), (8, 1000, 1)])
def test_calls_are_bounded_in_number_and_bytes(in_flight: int, held: int, most: int) -> None:
    counted = Counted()
    assert len(run(counted, 20, CallBounds(in_flight, 100), held=held)) == 20
    assert counted.most <= most


def test_what_raises_takes_no_other_along_and_slows_the_rest() -> None:
    def call(item: int) -> int:
        if item % 4 == 1:
            raise ConnectionError(str(item))
        return item

    found = run(call, 12, CallBounds(8, 100))
    assert [each.item for each in found] == list(range(12))
    assert [each.item for each in found if isinstance(each.error, ConnectionError)] == [1, 5, 9]
    assert [each.result for each in found if each.error is None] == [n for n in range(12) if n % 4 != 1]


def test_when_the_time_is_over_what_is_done_counts_and_the_rest_is_told() -> None:
    hanging, over = threading.Event(), threading.Event()

    def call(item: int) -> int:
        if item == 1:
            over.set()
            hanging.wait(SECONDS)
        return item

    found = run(call, 6, CallBounds(2, 100), lambda: 0.0 if over.is_set() else SECONDS)
    hanging.set()
    assert [each.item for each in found] == list(range(6))
    assert {each.item for each in found if each.error is None} <= {0, 2}
    assert {each.item for each in found if isinstance(each.error, OutOfTime)} >= {1, 3, 4, 5}


def test_an_error_of_time_of_a_call_itself_is_its_own() -> None:
    def call(_: int) -> int:
        raise TimeoutError("the store")

    (found,) = run(call, 1, CallBounds(2, 100))
    assert isinstance(found.error, TimeoutError)
    assert str(found.error) == "the store"


def test_without_a_bound_of_time_calls_take_what_they_take() -> None:
    assert [each.result for each in run(abs, 3, CallBounds(2, 1), lambda: float("inf"))] == [0, 1, 2]
