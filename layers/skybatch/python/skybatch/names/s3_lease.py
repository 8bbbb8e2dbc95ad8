"""A lease among processes as a small S3 object, acquired by a conditional write."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import obstore

from skybatch.storage.conditional_writes import replace_object

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# A lease covers one request; if its holder dies, it expires after the longest time one may take.
MAX_LEASE_SECONDS = 60.0
POLL_SECONDS = 0.2


class S3Lease:
    """Exclusive use of a service, with an interval between one holder and the next.

    The object holds the time (seconds since 1970) from which the lease is free. One of all processes that
    write it at a time succeeds.

    Parameters
    ----------
    objects
        The bucket.
    key
        Key of the object.
    interval
        Seconds between the release and the next holder.
    """

    def __init__(self, objects: ObjectStore, key: str, interval: float) -> None:
        self._objects = objects
        self._key = key
        self._interval = interval
        self._tag: str | None = None
        # The tag of our last release, and the time (monotonic) before which others go first.
        self._released: str | None = None
        self._earliest = 0.0
        self._is_shared = False

    def acquire(self, deadline: float) -> bool:
        """Wait for the lease until ``deadline`` (``time.monotonic()``); return whether it was acquired.

        A process that shares the service lets the others try before it does so again, so that one with many
        names gets no more turns than one with few.
        """
        time.sleep(max(min(self._earliest, deadline) - time.monotonic(), 0.0))
        while time.monotonic() < deadline:
            if self._try_acquire():
                return True
            # Never in step with another process, one of which would always come too late.
            time.sleep(POLL_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311
        return False

    def release(self) -> None:
        """Let the next process acquire the lease, after the interval."""
        if self._tag is not None:
            self._released = self._write(time.time() + self._interval, self._tag)
            if self._is_shared:
                self._earliest = time.monotonic() + self._interval + 2 * POLL_SECONDS
        self._tag = None

    def _try_acquire(self) -> bool:
        expires = time.time() + MAX_LEASE_SECONDS
        try:
            found = obstore.get(self._objects, self._key)
        except FileNotFoundError:
            self._tag = self._write(expires, None)
            return self._tag is not None
        if float(bytes(found.bytes())) > time.time():
            return False
        self._is_shared = self._released is not None and found.meta["e_tag"] != self._released
        self._tag = self._write(expires, found.meta["e_tag"])
        return self._tag is not None

    def _write(self, free_from: float, tag: str | None) -> str | None:
        """Write if the object is unchanged; return its new tag, or None where another process was first."""
        # Microseconds, so that no two processes write the same bytes.
        return replace_object(self._objects, self._key, f"{free_from:.6f}".encode(), tag)
