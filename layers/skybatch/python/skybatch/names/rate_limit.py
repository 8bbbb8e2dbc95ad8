"""Limits on requests to a name service: how many at a time, how often, and until when."""

from __future__ import annotations

import threading
import time

import urllib3

from skybatch.names.lease import Lease, NoLease
from skybatch.names.model import LookupStatus, ServiceResponse
from skybatch.names.query import query_service
from skybatch.names.services import Service

# After this many failures in a row a service is not queried again during the call.
MAX_FAILURES = 3


class DeadlineExceeded(Exception):
    """The deadline passed before a service responded."""


class RateLimiter:
    """Queries one service within its limits; shared by the threads of a process.

    Parameters
    ----------
    service
        The service, with its limits.
    lease
        Exclusive use among processes; none is needed by default.
    """

    def __init__(self, service: Service, lease: Lease | None = None) -> None:
        self.service = service
        self._lease = lease or NoLease()
        self._slots = threading.BoundedSemaphore(service.max_concurrent)
        self._lock = threading.Lock()
        self._next_start = 0.0
        self._failures = 0

    def reset_failures(self) -> None:
        """Query the service again even if it failed before."""
        self._failures = 0

    def query(self, name: str, pool: urllib3.PoolManager, deadline: float) -> ServiceResponse:
        """Query the service for a name as soon as its limits allow.

        Raises
        ------
        DeadlineExceeded
            The deadline (``time.monotonic()``) passes first.
        """
        if not self._slots.acquire(timeout=max(deadline - time.monotonic(), 0.0)):
            raise DeadlineExceeded
        try:
            if self._failures >= MAX_FAILURES:
                message = "does not answer at present"
                return ServiceResponse(self.service.name, LookupStatus.UNAVAILABLE, message)
            return self._query_with_lease(name, pool, deadline)
        finally:
            self._slots.release()

    def _query_with_lease(self, name: str, pool: urllib3.PoolManager, deadline: float) -> ServiceResponse:
        if not self._lease.acquire(deadline):
            raise DeadlineExceeded
        try:
            self._wait_interval(deadline)
            max_seconds = min(self.service.timeout, deadline - time.monotonic())
            response = query_service(self.service, name, pool, max_seconds)
        finally:
            self._lease.release()
        failed = response.status is LookupStatus.UNAVAILABLE
        if failed and time.monotonic() >= deadline:
            raise DeadlineExceeded  # the service may have been slow only because its time was short
        self._failures = self._failures + 1 if failed else 0
        return response

    def _wait_interval(self, deadline: float) -> None:
        with self._lock:
            start = max(self._next_start, time.monotonic())
            if start >= deadline:
                raise DeadlineExceeded
            self._next_start = start + self.service.interval
        time.sleep(max(start - time.monotonic(), 0.0))
