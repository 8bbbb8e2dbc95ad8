"""Waiting for the end of a batch by requesting its status, rarely enough to be no burden."""

from __future__ import annotations

import time
from collections.abc import Callable

from skybatch.client.exceptions import BatchFailed, StillRunning
from skybatch.status import BatchState, BatchStatus

# Polled at a twentieth of the waiting time: late by 5 % at most, with few requests.
POLL_FRACTION = 0.05
SHORTEST_POLL, LONGEST_POLL = 0.2, 10.0


def poll_until_ended(
    status_of: Callable[[], BatchStatus], sleep: Callable[[float], None], timeout: float | None = None
) -> BatchStatus:
    """Return the status of a batch once it is complete or cancelled.

    Parameters
    ----------
    status_of
        Requests the status.
    sleep
        Waits so many seconds.
    timeout
        The longest time to wait, s.

    Raises
    ------
    BatchFailed
        The batch as a whole failed.
    StillRunning
        It has not ended after ``timeout``.
    """
    began = time.monotonic()
    while not (status := status_of()).ended:
        waited = time.monotonic() - began
        if timeout is not None and waited >= timeout:
            raise StillRunning(f"The batch is {status.state} after {timeout:g} s.")
        pause = min(LONGEST_POLL, max(SHORTEST_POLL, POLL_FRACTION * waited))
        sleep(pause if timeout is None else min(pause, timeout - waited))
    if status.state == BatchState.FAILED:
        raise BatchFailed(status.reason or "The batch failed.")
    return status
