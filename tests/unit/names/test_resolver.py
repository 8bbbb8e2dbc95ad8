"""Names are asked of IRSA, then NED, then SIMBAD; found, unknown and service down are told apart."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import urllib3

from local.names import Day, NameServices
from skybatch.names.resolver import DAY, Answer, Resolver
from skybatch.names.services import (
    IRSA,
    NED,
    READERS,
    SERVICES,
    SIMBAD,
    Service,
    State,
    UnreadableAnswer,
    ask,
    configured,
)
from skybatch.sky.position import SkyPosition


class Memory:
    """A cache in a dictionary whose documents all have the age told."""

    def __init__(self) -> None:
        self.kept: dict[str, Mapping[str, Any]] = {}
        self.age = 0.0

    def get(self, key: str) -> tuple[Mapping[str, Any], float] | None:
        return (self.kept[key], self.age) if key in self.kept else None

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        self.kept[key] = json.loads(json.dumps(document))


@pytest.fixture
def services() -> Iterator[NameServices]:
    with NameServices() as running:
        yield running


def resolver(services: NameServices, cache: Memory | None = None, **changes: float) -> Resolver:
    """A resolver of the stand-in, in a hurry."""
    quick = {"timeout": 0.5, "interval": 0.0, **changes}
    return Resolver([replace(service.at(services.url), **quick) for service in SERVICES], cache)


def one(services: NameServices, name: str, **changes: float) -> Answer:
    """The answer for one name."""
    return resolver(services, **changes).resolve([name], time.monotonic() + 5).answers[name]


def asked(services: NameServices) -> list[str]:
    """Which services were asked, in order."""
    return [call.service for call in services.calls]


@pytest.mark.parametrize(
    ("name", "source", "sky", "order"),
    [
        ("m83", "NED", SkyPosition(204.253958, -29.865417), ["IRSA", "NED"]),
        ("NGC 7479", "NED", SkyPosition(346.236042, 12.322889), ["IRSA", "NED"]),
        ("2MASXJ23045666+1219223", "IRSA", SkyPosition(346.236083, 12.322861), ["IRSA"]),
        ("Vega", "SIMBAD", SkyPosition(279.234735, 38.783689), ["IRSA", "NED", "SIMBAD"]),
        ("Barnard's star", "SIMBAD", SkyPosition(269.452077, 4.693365), ["IRSA", "NED", "SIMBAD"]),
    ],
)
def test_the_first_service_that_knows_a_name_wins(
    services: NameServices, name: str, source: str, sky: SkyPosition, order: list[str]
) -> None:
    answer = one(services, name)
    assert (answer.state, answer.source, answer.position) == (State.FOUND, source, sky)
    assert asked(services) == order


def test_an_unknown_name_carries_what_each_service_said(services: NameServices) -> None:
    answer = one(services, "nowhere & nothing?")
    assert answer.state is State.UNKNOWN
    assert answer.sentence().startswith(
        "IRSA: Object name 'nowhere & nothing?' not recognized.; NED: not found"
    )
    assert [call.name for call in services.calls] == ["nowhere & nothing?"] * 3


@pytest.mark.parametrize("day", [Day.DOWN, Day.GARBAGE, Day.SLOW, Day.HANGS_UP])
def test_a_service_down_is_told_apart_from_a_name_unknown(services: NameServices, day: Day) -> None:
    services.days["NED"] = day
    answer = one(services, "nowhere")
    assert answer.state is State.DOWN
    assert [reply.state for reply in answer.replies] == [State.UNKNOWN, State.DOWN, State.UNKNOWN]


@pytest.mark.parametrize("day", [Day.DOWN, Day.GARBAGE, Day.SLOW, Day.HANGS_UP])
def test_the_next_service_answers_for_one_that_is_down(services: NameServices, day: Day) -> None:
    services.days["IRSA"] = services.days["NED"] = day
    assert one(services, "Vega").source == "SIMBAD"


def test_a_server_that_is_not_there_is_down() -> None:
    reply = ask(IRSA.at("http://127.0.0.1:9"), "m83", urllib3.PoolManager(), 1.0)
    assert (reply.state, reply.position) == (State.DOWN, None)


def test_a_designation_irsa_cannot_answer_is_read_off_and_says_so(services: NameServices) -> None:
    services.days["IRSA"] = Day.DOWN
    answer = one(services, "2MASXJ23045666+1219223")
    assert answer.source == "designation"
    assert "read off the designation" in answer.sentence()
    assert answer.position is not None
    assert answer.position.ra == pytest.approx((23 + 4 / 60 + 56.66 / 3600) * 15, abs=1e-9)
    assert answer.position.dec == pytest.approx(12 + 19 / 60 + 22.3 / 3600, abs=1e-9)
    assert set(asked(services)) == {"IRSA"}


def test_an_answer_survives_its_storage(services: NameServices) -> None:
    services.days["IRSA"] = Day.DOWN
    for name in ("m83", "nowhere", "2MASXJ23045666+1219223"):
        answer = one(services, name)
        assert Answer.from_json(json.loads(json.dumps(answer.to_json()))) == answer


def test_answers_found_and_not_found_are_asked_once(services: NameServices) -> None:
    cache = Memory()
    for _ in range(2):
        assert (
            len(resolver(services, cache).resolve(["m83", "nowhere", "m83"], time.monotonic() + 5).answers)
            == 2
        )
    assert len(services.calls) == 5


def test_found_is_kept_a_year_and_not_found_a_day(services: NameServices) -> None:
    cache = Memory()
    names = ["2MASX J23045666+1219223", "nowhere"]
    resolver(services, cache).resolve(names, time.monotonic() + 5)
    services.calls.clear()
    cache.age = 2 * DAY
    resolver(services, cache).resolve(names, time.monotonic() + 5)
    assert sorted(asked(services)) == ["IRSA", "NED", "SIMBAD"]
    cache.age = 366 * DAY
    resolver(services, cache).resolve(names, time.monotonic() + 5)
    assert len(services.calls) == 7


def test_a_failure_is_not_kept(services: NameServices) -> None:
    cache = Memory()
    services.days = dict.fromkeys(services.days, Day.DOWN)
    assert resolver(services, cache).resolve(["m83"], time.monotonic() + 5).answers["m83"].state is State.DOWN
    services.days = dict.fromkeys(services.days, Day.WELL)
    assert resolver(services, cache).resolve(["m83"], time.monotonic() + 5).answers["m83"].source == "NED"


def test_ned_is_asked_one_at_a_time_and_no_faster_than_its_interval(services: NameServices) -> None:
    names = [f"nowhere {i}" for i in range(6)]
    quick = [replace(service.at(services.url), timeout=2.0) for service in SERVICES]
    quick[1] = replace(quick[1], interval=0.15)
    Resolver(quick).resolve(names, time.monotonic() + 10)
    calls = sorted((call.began, call.ended) for call in services.calls if call.service == "NED")
    assert len(calls) == 6
    assert all(later[0] >= earlier[1] for earlier, later in pairwise(calls))
    # A busy machine may hold up the first of them by a little.
    assert calls[-1][0] - calls[0][0] > 4 * 0.15
    assert NED.side_by_side == 1
    assert NED.interval >= 1.0


def test_irsa_and_simbad_are_asked_several_at_a_time(services: NameServices) -> None:
    services.days = {"IRSA": Day.SLOW, "NED": Day.WELL, "SIMBAD": Day.SLOW}
    services.slowness = 0.3
    resolver(services, timeout=2.0).resolve([f"nowhere {i}" for i in range(4)], time.monotonic() + 10)
    for service in ("IRSA", "SIMBAD"):
        calls = [call for call in services.calls if call.service == service]
        assert max(call.began for call in calls) < min(call.ended for call in calls)
    assert IRSA.side_by_side > 1
    assert SIMBAD.side_by_side > 1


def test_a_call_ends_at_its_deadline_and_says_what_remains(services: NameServices) -> None:
    services.days["IRSA"] = Day.SLOW
    services.slowness = 0.3
    names = [f"2MASX J230456{i:02d}+1219223" for i in range(40)]
    start = time.monotonic()
    resolution = resolver(services, timeout=5.0).resolve(names, start + 0.75)
    assert time.monotonic() - start < 2.5
    assert 0 < len(resolution.answers) < 40
    assert resolution.remaining == tuple(name for name in names if name not in resolution.answers)


def test_a_service_that_fails_again_and_again_is_left_alone(services: NameServices) -> None:
    services.days["IRSA"] = Day.DOWN
    names = [f"nowhere {i}" for i in range(30)]
    answers = resolver(services).resolve(names, time.monotonic() + 10).answers
    assert len(answers) == 30
    assert asked(services).count("IRSA") < 15
    assert asked(services).count("SIMBAD") == 30


@pytest.mark.parametrize(
    ("service", "body"),
    [
        *[(name, body) for name in READERS for body in ("", "null", "[]", "{}", "<html>", "[" * 100_000)],
        ("IRSA", '{"stat": "OK"}'),
        ("IRSA", '{"stat": "OK", "ra2000": "nan", "dec2000": "1"}'),
        ("IRSA", '{"stat": "OK", "ra2000": "12", "dec2000": "91"}'),
        ("NED", '{"Preferred": {"Position": {"RA": null, "Dec": 1}}}'),
        ("NED", '{"ResultCode": -1}'),
        ("SIMBAD", "%J 1.2.3 +4"),
        ("SIMBAD", "%J 400 +4"),
    ],
)
def test_garbage_is_never_an_answer(service: str, body: str) -> None:
    with pytest.raises(UnreadableAnswer):
        READERS[service](service, body)


class Lease:
    """A turn that other processes hold at times."""

    def __init__(self, free: bool) -> None:
        self.free = free
        self.taken = 0
        self.given_back = 0

    def take(self, deadline: float) -> bool:
        self.taken += 1
        return self.free

    def give_back(self) -> None:
        self.given_back += 1


def test_a_service_is_asked_in_a_turn_shared_with_other_processes(services: NameServices) -> None:
    quick = [replace(service, interval=0.0) for service in configured_at(services.url)]
    lease = Lease(free=True)
    resolution = Resolver(quick, turns={"NED": lease}).resolve(["m83", "nowhere"], time.monotonic() + 5)
    assert len(resolution.answers) == lease.taken == lease.given_back == 2
    busy = Lease(free=False)
    resolution = Resolver(quick, turns={"NED": busy}).resolve(["m83"], time.monotonic() + 5)
    assert resolution.remaining == ("m83",)
    assert busy.given_back == 0


def configured_at(url: str) -> tuple[Service, ...]:
    """The services at one base, as a deployment would set them."""
    return configured(irsa=url, ned=f"{url}/srs/ObjectLookup?name={{name}}", simbad=f"{url}/", timeout=2.0)


def test_endpoints_timeouts_and_rates_are_settings() -> None:
    assert configured() == SERVICES
    moved = configured_at("http://127.0.0.1:1")
    assert [service.template for service in moved] == [
        "http://127.0.0.1:1/cgi-bin/Lookup/nph-lookup?location={name}",
        "http://127.0.0.1:1/srs/ObjectLookup?name={name}",
        "http://127.0.0.1:1/cgi-bin/nph-sesame/-oI/S?{name}",
    ]
    assert {service.timeout for service in moved} == {2.0}
    assert [service.interval for service in configured(ned_interval=3.0)] == [0.0, 3.0, 0.0]
