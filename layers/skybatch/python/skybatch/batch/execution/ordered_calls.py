"""Calls that run side by side, bounded in number and bytes, with results in order and within a time."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class OutOfTime(Exception):
    """A call was not finished, or not begun, when the time was over."""


@dataclass(frozen=True)
class CallBounds:
    """How many calls run at a time, and how many bytes they hold together; one always runs."""

    in_flight: int
    bytes: int


@dataclass(frozen=True)
class Call(Generic[Item, Result]):
    """An item with the result of its call, or what it raised."""

    item: Item
    result: Result | None = None
    error: Exception | None = None


def ordered_calls(
    call: Callable[[Item], Result],
    items: Sequence[Item],
    held_bytes: Callable[[Item], int],
    bounds: CallBounds,
    seconds_left: Callable[[], float],
) -> Iterator[Call[Item, Result]]:
    """Call for each item on threads and yield the results in the order of the items.

    Calls that raise halve the number that run at a time: a store that throttles answers so. When no time is
    left, what has finished is yielded, and `OutOfTime` for everything else; calls that hang are left behind.
    """
    pool = ThreadPoolExecutor(bounds.in_flight)
    ahead: deque[tuple[Item, Future[Result]]] = deque()
    coming = deque(items)
    in_flight, held = bounds.in_flight, 0
    try:
        while coming or ahead:
            while coming and seconds_left() > 0 and (not ahead or len(ahead) < in_flight):
                if ahead and held + held_bytes(coming[0]) > bounds.bytes:
                    break
                held += held_bytes(coming[0])
                ahead.append((coming[0], pool.submit(call, coming.popleft())))
            if not ahead:
                yield Call(coming.popleft(), error=OutOfTime("the time of this call is over"))
                continue
            item, future = ahead.popleft()
            finished: Call[Item, Result] = _outcome(item, future, seconds_left())
            held -= held_bytes(item)
            if finished.error is not None:
                in_flight = max(1, in_flight // 2)
            yield finished
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _outcome(item: Item, future: Future[Result], seconds: float) -> Call[Item, Result]:
    try:
        return Call(item, future.result(None if seconds == math.inf else max(0.0, seconds)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the other items go on
        if isinstance(error, TimeoutError) and not future.done():
            return Call(item, error=OutOfTime("the time of this call is over"))
        return Call(item, error=error)
