"""The resolver that a deployment's settings describe."""

from __future__ import annotations

import time

from obstore.store import MemoryStore

from local.fake_resolvers import FakeResolvers
from skybatch.names.factory import NED_LEASE_KEY, make_local_resolver, make_resolver
from skybatch.names.services import NED
from skybatch.settings import Settings


def test_responses_and_neds_lease_are_in_the_results_bucket_for_all_processes(fakes: FakeResolvers) -> None:
    settings = Settings(irsa_resolver=fakes.url, ned_resolver=fakes.url, simbad_resolver=fakes.url)
    objects = MemoryStore()
    for _ in range(2):
        results = make_resolver(objects, settings).resolve(["m83"], time.monotonic() + 5).results
        assert results["m83"].source == "NED"
    assert len(fakes.calls) == 2
    keys = [item["path"] for item in objects.list().collect()]
    assert NED_LEASE_KEY in keys
    assert len(keys) == 3


def test_one_process_keeps_neds_interval_and_needs_no_bucket(fakes: FakeResolvers) -> None:
    settings = Settings(irsa_resolver=fakes.url, ned_resolver=fakes.url, simbad_resolver=fakes.url)
    resolver = make_local_resolver(settings)
    began = time.monotonic()
    results = resolver.resolve(["m83", "m31"], time.monotonic() + 10).results
    assert {results["m83"].source, results["m31"].source} == {"NED"}
    assert time.monotonic() - began >= NED.interval
