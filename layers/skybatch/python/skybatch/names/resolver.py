"""Object names to positions: IRSA, then NED, then SIMBAD; the first that knows a name wins.

2MASS and 2MASX designations are IRSA's alone; where it is unavailable, the position is read off the name.
The response of each service is cached by itself, so that a call cut short by its deadline loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from skybatch.concurrency import parallel_map
from skybatch.names.cache import NoCache, ResponseCache
from skybatch.names.connections import make_pool
from skybatch.names.lease import Lease
from skybatch.names.model import LookupStatus, NameResult, Resolution, ServiceResponse
from skybatch.names.rate_limit import DeadlineExceeded, RateLimiter
from skybatch.names.services import IRSA, SERVICES, Service
from skybatch.surveys.twomass.designations import is_designation, position_from_designation

DAY = 86_400.0
MAX_AGE_FOUND = 365 * DAY
MAX_AGE_UNKNOWN = DAY
DESIGNATION = "designation"


class Resolver:
    """Queries the services in their order, each through a rate limiter that all calls share.

    Parameters
    ----------
    services
        The services, in the order they are queried.
    cache
        Where responses are kept.
    leases
        Leases shared with other processes, by the name of the service they are for.
    """

    def __init__(
        self,
        services: Sequence[Service] = SERVICES,
        cache: ResponseCache | None = None,
        leases: Mapping[str, Lease] | None = None,
    ) -> None:
        shared = leases or {}
        self._limiters = [RateLimiter(service, shared.get(service.name)) for service in services]
        self._cache = cache or NoCache()
        self._max_concurrent = sum(service.max_concurrent for service in services)
        self._pool = make_pool(self._max_concurrent, len(services))

    def resolve(self, names: Iterable[str], deadline: float) -> Resolution:
        """Resolve as many names as there is time for.

        Parameters
        ----------
        names
            Object names; one that stands several times is queried once.
        deadline
            End of the time for this call (``time.monotonic()``); no request is sent later.
        """
        for limiter in self._limiters:
            limiter.reset_failures()
        unique = list(dict.fromkeys(names))
        # Taken up one by one until the time is over: even a cached response takes a moment to read.
        in_time = takewhile(lambda _: time.monotonic() < deadline, unique)
        found = list(
            parallel_map(lambda name: self._resolve_before(name, deadline), in_time, self._max_concurrent)
        )
        results = {result.name: result for result in found if result is not None}
        return Resolution(results, tuple(name for name in unique if name not in results))

    def _resolve_before(self, name: str, deadline: float) -> NameResult | None:
        """Return the result for one name, None if there is no time for it."""
        if time.monotonic() >= deadline:
            return None
        try:
            return self._resolve_one(name, deadline)
        except DeadlineExceeded:
            return None

    def _resolve_one(self, name: str, deadline: float) -> NameResult:
        responses: list[ServiceResponse] = []
        for limiter in self._limiters_for(name):
            responses.append(self._query_cached(limiter, name, deadline))
            if responses[-1].status is LookupStatus.FOUND:
                break
        return name_result(name, responses)

    def _limiters_for(self, name: str) -> list[RateLimiter]:
        if is_designation(name):
            return [limiter for limiter in self._limiters if limiter.service.name == IRSA.name]
        return self._limiters

    def _query_cached(self, limiter: RateLimiter, name: str, deadline: float) -> ServiceResponse:
        """Return the cached response if it is young enough, else a new one; failures are not cached."""
        key = f"{limiter.service.name}/{name}"
        cached = self._cache.get(key)
        if cached is not None:
            document, age = cached
            response = ServiceResponse.from_json(document)
            found = response.status is LookupStatus.FOUND
            if age <= (MAX_AGE_FOUND if found else MAX_AGE_UNKNOWN):
                return response
        response = limiter.query(name, self._pool, deadline)
        if response.status is not LookupStatus.UNAVAILABLE:
            self._cache.put(key, response.to_json())
        return response


def name_result(name: str, responses: Sequence[ServiceResponse]) -> NameResult:
    """Return the result of the responses; for a designation no service found, the position it holds."""
    result = NameResult(name, tuple(responses))
    if result.position is None and (position := position_from_designation(name)) is not None:
        message = "the position was read off the designation itself"
        own = ServiceResponse(DESIGNATION, LookupStatus.FOUND, message, position)
        return NameResult(name, (*responses, own))
    return result
