"""The fakes answer on the services' paths, in their formats, and fail as told."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from local.fake_resolvers import Behaviour, FakeResolvers, parse_query

PATHS = {
    "IRSA": "/cgi-bin/Lookup/nph-lookup?location={}",
    "NED": "/srs/ObjectLookup?name={}",
    "SIMBAD": "/cgi-bin/nph-sesame/-oI/S?{}",
}


@pytest.fixture
def fakes() -> Iterator[FakeResolvers]:
    with FakeResolvers(slowness=0.01) as running:
        yield running


def ask(fakes: FakeResolvers, service: str, name: str) -> str:
    with urlopen(fakes.url + PATHS[service].format(quote(name))) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("service", PATHS)
def test_a_path_tells_the_service_and_the_name(service: str) -> None:
    assert parse_query(PATHS[service].format(quote("M 31 + x"))) == (service, "M 31 + x")


def test_other_paths_belong_to_no_service() -> None:
    assert parse_query("/elsewhere?name=M31") == ("", "")


def test_each_service_knows_its_own_objects(fakes: FakeResolvers) -> None:
    assert json.loads(ask(fakes, "NED", "M 31"))["Preferred"]["Position"]["RA"] == 10.684708
    assert "Preferred" not in json.loads(ask(fakes, "NED", "2MASX J13370091-2951567"))
    assert json.loads(ask(fakes, "IRSA", "2MASX J13370091-2951567"))["ra2000"] == "204.253792"
    assert json.loads(ask(fakes, "IRSA", "M 31"))["stat"] == "ERROR"
    assert "%J 299.901538 +22.721131" in ask(fakes, "SIMBAD", "M 27")
    assert [(call.service, call.name) for call in fakes.calls][:1] == [("NED", "M 31")]


def test_a_service_fails_as_it_is_told(fakes: FakeResolvers) -> None:
    fakes.behaviours["NED"] = Behaviour.DOWN
    with pytest.raises(HTTPError) as refused:
        ask(fakes, "NED", "M 31")
    assert refused.value.code == 503
    fakes.behaviours["NED"] = Behaviour.GARBAGE
    with pytest.raises(json.JSONDecodeError):
        json.loads(ask(fakes, "NED", "M 31"))
    fakes.behaviours["NED"] = Behaviour.HANGS_UP
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        ask(fakes, "NED", "M 31")
    fakes.behaviours["NED"] = Behaviour.SLOW
    assert json.loads(ask(fakes, "NED", "M 31"))["ResultCode"] == 3
    assert fakes.calls[-1].ended - fakes.calls[-1].began >= fakes.slowness
