"""Many calls side by side, few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# Calls waiting behind each one that runs: enough to keep all busy, few enough for millions of items.
QUEUED = 4


def side_by_side(call: Callable[[Item], Answer], items: Iterable[Item], in_flight: int) -> Iterator[Answer]:
    """Answers in the order of the items, ``in_flight`` calls running at a time.

    Items are taken as they are needed. When the caller stops, or a call raises, those not begun yet never
    begin: an interrupted command ends at once.
    """
    pool = ThreadPoolExecutor(in_flight)
    waiting: deque[Future[Answer]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(call, item))
            if len(waiting) > QUEUED * in_flight:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
