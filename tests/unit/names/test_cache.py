"""The cache that keeps nothing."""

from __future__ import annotations

from skybatch.names.cache import NoCache


def test_no_cache_forgets_what_is_put() -> None:
    cache = NoCache()
    cache.put("NED/m83", {"state": "found"})
    assert cache.get("NED/m83") is None
