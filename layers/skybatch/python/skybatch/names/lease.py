"""Exclusive use of a name service among processes."""

from __future__ import annotations

import time
from typing import Protocol


class Lease(Protocol):
    """Lets one process at a time query a service that allows no concurrent requests."""

    def acquire(self, deadline: float) -> bool:
        """Wait for the lease until ``deadline`` (``time.monotonic()``); return whether it was acquired."""

    def release(self) -> None:
        """Let the next process acquire the lease; only called after it was acquired."""


class NoLease:
    """Always available: for a service that allows concurrent requests, or where one process runs."""

    def acquire(self, deadline: float) -> bool:
        """Return at once, whether the deadline is still ahead."""
        return time.monotonic() < deadline

    def release(self) -> None:
        """Do nothing."""
