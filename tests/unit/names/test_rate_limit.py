"""A service is queried within its limits, and every query ends at its deadline."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest
import urllib3

from local.fake_resolvers import Behaviour, FakeResolvers
from skybatch.names.model import LookupStatus
from skybatch.names.rate_limit import MAX_FAILURES, DeadlineExceeded, RateLimiter
from skybatch.names.services import IRSA, NED

POOL = urllib3.PoolManager(maxsize=8)


class FakeLease:
    """A lease that counts, and is free or held by another process."""

    def __init__(self, free: bool) -> None:
        self.free = free
        self.acquired = 0
        self.released = 0

    def acquire(self, deadline: float) -> bool:
        self.acquired += self.free
        return self.free

    def release(self) -> None:
        self.released += 1


def query_many(limiter: RateLimiter, count: int) -> None:
    """Query as many names from as many threads."""
    deadline = time.monotonic() + 10
    with ThreadPoolExecutor(count) as threads:
        list(threads.map(lambda i: limiter.query(f"nowhere {i}", POOL, deadline), range(count)))


def test_requests_to_ned_never_overlap_and_keep_the_interval(fakes: FakeResolvers) -> None:
    query_many(RateLimiter(replace(NED.at(fakes.url), interval=0.15)), 6)
    calls = sorted((call.began, call.ended) for call in fakes.calls)
    assert len(calls) == 6
    assert all(later[0] >= earlier[1] for earlier, later in pairwise(calls))
    # A busy machine may delay the first of them a little.
    assert calls[-1][0] - calls[0][0] > 4 * 0.15


def test_a_service_that_allows_it_is_queried_concurrently(fakes: FakeResolvers) -> None:
    fakes.behaviours["IRSA"] = Behaviour.SLOW
    fakes.slowness = 0.3
    query_many(RateLimiter(IRSA.at(fakes.url)), IRSA.max_concurrent)
    assert max(call.began for call in fakes.calls) < min(call.ended for call in fakes.calls)


def test_after_repeated_failures_a_service_is_left_alone_until_they_are_reset(fakes: FakeResolvers) -> None:
    fakes.behaviours["IRSA"] = Behaviour.DOWN
    limiter = RateLimiter(IRSA.at(fakes.url))
    for _ in range(MAX_FAILURES + 3):
        response = limiter.query("m83", POOL, time.monotonic() + 5)
        assert response.status is LookupStatus.UNAVAILABLE
    assert len(fakes.calls) == MAX_FAILURES
    limiter.reset_failures()
    limiter.query("m83", POOL, time.monotonic() + 5)
    assert len(fakes.calls) == MAX_FAILURES + 1


def test_a_query_cut_short_by_its_deadline_is_no_failure_of_the_service(fakes: FakeResolvers) -> None:
    fakes.behaviours["IRSA"] = Behaviour.SLOW
    fakes.slowness = 0.5
    limiter = RateLimiter(IRSA.at(fakes.url))
    for _ in range(MAX_FAILURES + 1):
        with pytest.raises(DeadlineExceeded):
            limiter.query("m83", POOL, time.monotonic() + 0.1)
    fakes.behaviours["IRSA"] = Behaviour.NORMAL
    assert limiter.query("m83", POOL, time.monotonic() + 5).status is LookupStatus.UNKNOWN


def test_each_request_holds_the_lease_and_releases_it(fakes: FakeResolvers) -> None:
    lease = FakeLease(free=True)
    limiter = RateLimiter(NED.at(fakes.url), lease)
    limiter.query("m83", POOL, time.monotonic() + 5)
    assert (lease.acquired, lease.released) == (1, 1)


def test_without_the_lease_no_request_is_sent(fakes: FakeResolvers) -> None:
    lease = FakeLease(free=False)
    with pytest.raises(DeadlineExceeded):
        RateLimiter(NED.at(fakes.url), lease).query("m83", POOL, time.monotonic() + 5)
    assert (lease.acquired, lease.released, fakes.calls) == (0, 0, [])
