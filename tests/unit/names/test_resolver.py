"""Names are queried at IRSA, then NED, then SIMBAD; each response is cached by itself."""

from __future__ import annotations

import time
from typing import Any

import pytest

from local.fake_resolvers import Behaviour, FakeResolvers
from skybatch.names.model import LookupStatus
from skybatch.names.resolver import DAY, MAX_AGE_FOUND, MAX_AGE_UNKNOWN, Resolver
from skybatch.sky.position import SkyPosition
from tests.support.servers.name_services import (
    MemoryCache,
    fake_resolver,
    fake_services,
    queried,
    resolve_one,
)

DESIGNATION = "2MASXJ23045666+1219223"


@pytest.mark.parametrize(
    ("name", "source", "position", "order"),
    [
        ("m83", "NED", SkyPosition(204.253958, -29.865417), ["IRSA", "NED"]),
        ("NGC 7479", "NED", SkyPosition(346.236042, 12.322889), ["IRSA", "NED"]),
        (DESIGNATION, "IRSA", SkyPosition(346.236083, 12.322861), ["IRSA"]),
        ("Vega", "SIMBAD", SkyPosition(279.234735, 38.783689), ["IRSA", "NED", "SIMBAD"]),
        ("Barnard's star", "SIMBAD", SkyPosition(269.452077, 4.693365), ["IRSA", "NED", "SIMBAD"]),
    ],
)
def test_the_first_service_that_knows_a_name_wins(
    fakes: FakeResolvers, name: str, source: str, position: SkyPosition, order: list[str]
) -> None:
    result = resolve_one(fakes, name)
    assert (result.status, result.source, result.position) == (LookupStatus.FOUND, source, position)
    assert queried(fakes) == order


def test_no_name_is_taken_up_after_the_deadline_not_even_from_the_cache() -> None:
    class CountingCache(MemoryCache):
        read = 0

        def get(self, key: str) -> Any:
            self.read += 1
            return super().get(key)

    cache = CountingCache()
    names = [f"star {number}" for number in range(50_000)]
    resolution = Resolver(cache=cache).resolve(names, time.monotonic() - 1.0)
    assert (cache.read, dict(resolution.results), len(resolution.remaining)) == (0, {}, len(names))


def test_an_unknown_name_is_queried_everywhere(fakes: FakeResolvers) -> None:
    result = resolve_one(fakes, "nowhere")
    assert result.status is LookupStatus.UNKNOWN
    assert [one.service for one in result.responses] == queried(fakes) == ["IRSA", "NED", "SIMBAD"]


def test_an_unavailable_service_is_told_apart_from_an_unknown_name(fakes: FakeResolvers) -> None:
    fakes.behaviours["NED"] = Behaviour.DOWN
    result = resolve_one(fakes, "nowhere")
    assert result.status is LookupStatus.UNAVAILABLE
    assert [one.status for one in result.responses] == ["unknown", "down", "unknown"]


@pytest.mark.parametrize("day", [Behaviour.DOWN, Behaviour.GARBAGE, Behaviour.SLOW, Behaviour.HANGS_UP])
def test_the_next_service_stands_in_for_unavailable_ones(fakes: FakeResolvers, day: Behaviour) -> None:
    fakes.behaviours["IRSA"] = fakes.behaviours["NED"] = day
    assert resolve_one(fakes, "Vega").source == "SIMBAD"


def test_the_position_of_a_designation_is_read_off_it_when_irsa_is_unavailable(fakes: FakeResolvers) -> None:
    fakes.behaviours["IRSA"] = Behaviour.DOWN
    result = resolve_one(fakes, DESIGNATION)
    assert (result.status, result.source) == (LookupStatus.FOUND, "designation")
    assert result.position is not None
    assert result.position.ra == pytest.approx((23 + 4 / 60 + 56.66 / 3600) * 15, abs=1e-9)
    assert result.position.dec == pytest.approx(12 + 19 / 60 + 22.3 / 3600, abs=1e-9)
    assert set(queried(fakes)) == {"IRSA"}


def test_a_name_is_queried_once_found_or_not(fakes: FakeResolvers) -> None:
    cache = MemoryCache()
    for _ in range(2):
        resolution = fake_resolver(fakes, cache).resolve(["m83", "nowhere", "m83"], time.monotonic() + 5)
        assert set(resolution.results) == {"m83", "nowhere"}
    assert len(fakes.calls) == 5


@pytest.mark.parametrize(
    ("age", "again"),
    [
        (MAX_AGE_UNKNOWN, []),
        (MAX_AGE_UNKNOWN + 1, ["IRSA", "NED", "SIMBAD"]),
        (MAX_AGE_FOUND, ["IRSA", "NED", "SIMBAD"]),
        (MAX_AGE_FOUND + 1, ["IRSA", "IRSA", "NED", "SIMBAD"]),
    ],
)
def test_found_is_cached_a_year_and_not_found_a_day(
    fakes: FakeResolvers, age: float, again: list[str]
) -> None:
    assert (MAX_AGE_FOUND, MAX_AGE_UNKNOWN) == (365 * DAY, DAY)
    cache = MemoryCache()
    names = ["2MASX J23045666+1219223", "nowhere"]
    fake_resolver(fakes, cache).resolve(names, time.monotonic() + 5)
    fakes.calls.clear()
    cache.age = age
    fake_resolver(fakes, cache).resolve(names, time.monotonic() + 5)
    assert sorted(queried(fakes)) == again


def test_a_failure_is_not_cached(fakes: FakeResolvers) -> None:
    cache = MemoryCache()
    fakes.behaviours = dict.fromkeys(fakes.behaviours, Behaviour.DOWN)
    failed = fake_resolver(fakes, cache).resolve(["m83"], time.monotonic() + 5)
    assert failed.results["m83"].status is LookupStatus.UNAVAILABLE
    fakes.behaviours = dict.fromkeys(fakes.behaviours, Behaviour.NORMAL)
    assert fake_resolver(fakes, cache).resolve(["m83"], time.monotonic() + 5).results["m83"].source == "NED"


def test_after_the_deadline_the_names_left_are_remaining_in_order(fakes: FakeResolvers) -> None:
    fakes.behaviours["IRSA"] = Behaviour.SLOW
    fakes.slowness = 0.3
    names = [f"2MASX J230456{i:02d}+1219223" for i in range(40)]
    resolution = fake_resolver(fakes, timeout=5.0).resolve(names, time.monotonic() + 0.75)
    assert 0 < len(resolution.results) < 40
    assert resolution.remaining == tuple(name for name in names if name not in resolution.results)


def test_a_failing_service_costs_no_name_its_result(fakes: FakeResolvers) -> None:
    fakes.behaviours["IRSA"] = Behaviour.DOWN
    names = [f"nowhere {i}" for i in range(30)]
    assert len(fake_resolver(fakes).resolve(names, time.monotonic() + 10).results) == 30
    assert queried(fakes).count("IRSA") < 15
    assert queried(fakes).count("SIMBAD") == 30


class HeldLease:
    """A lease that another process holds."""

    def acquire(self, deadline: float) -> bool:
        return False

    def release(self) -> None:
        raise AssertionError("released though never acquired")


def test_a_name_stays_remaining_while_another_process_holds_the_lease(fakes: FakeResolvers) -> None:
    resolver = Resolver(fake_services(fakes), leases={"NED": HeldLease()})
    assert resolver.resolve(["m83"], time.monotonic() + 5).remaining == ("m83",)
