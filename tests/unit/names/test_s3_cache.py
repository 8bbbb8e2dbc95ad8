"""Cached responses as objects of a bucket."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.names.s3_cache import S3ResponseCache


def test_a_cached_response_has_an_age_whatever_its_name() -> None:
    cache = S3ResponseCache(MemoryStore())
    assert cache.get("NED/../../x\n") is None
    cache.put("NED/../../x\n", {"a": 1})
    cached = cache.get("NED/../../x\n")
    assert cached is not None
    document, age = cached
    assert document == {"a": 1}
    assert 0 <= age < 60


def test_objects_are_below_the_prefix_and_their_keys_hold_no_name() -> None:
    objects = MemoryStore()
    S3ResponseCache(objects).put("NED/" + "x" * 2000, {})
    (listed,) = objects.list().collect()
    assert listed["path"].startswith("names/")
    assert len(listed["path"]) < 100
