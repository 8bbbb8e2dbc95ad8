"""Map a blocking call over many items with a bounded number of threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Calls queued behind each running one: enough to keep every thread busy, few enough for millions of items.
QUEUED_PER_WORKER = 4


def parallel_map(call: Callable[[Item], Result], items: Iterable[Item], max_workers: int) -> Iterator[Result]:
    """Yield ``call(item)`` in the order of the items, ``max_workers`` calls running at a time.

    Items are consumed lazily. When the consumer stops or a call raises, calls that have not started are
    cancelled, so that an interrupted command ends at once.

    Raises
    ------
    Exception
        Whatever ``call`` raises, at the place of its item.
    """
    pool = ThreadPoolExecutor(max_workers)
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            pending.append(pool.submit(call, item))
            if len(pending) > QUEUED_PER_WORKER * max_workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
