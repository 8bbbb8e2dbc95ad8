"""One request to a name service: a service that fails is unavailable, never "not found"."""

from __future__ import annotations

from dataclasses import replace

import pytest
import urllib3

from local.fake_resolvers import Behaviour, FakeResolvers
from skybatch.names.model import LookupStatus
from skybatch.names.query import fetch, query_service
from skybatch.names.services import IRSA, NED
from tests.support.aws.fake_s3 import fake_s3
from tests.support.aws.s3_faults import lose_answer, reset_reused, times
from tests.support.servers.raw_server import Send, raw_server, response

POOL = urllib3.PoolManager()


def test_a_name_is_sent_whole_whatever_its_characters(fakes: FakeResolvers) -> None:
    response = query_service(IRSA.at(fakes.url), "nowhere & nothing?/ü", POOL, 5.0)
    assert response.status is LookupStatus.UNKNOWN
    assert [call.name for call in fakes.calls] == ["nowhere & nothing?/ü"]


@pytest.mark.parametrize("day", [Behaviour.DOWN, Behaviour.GARBAGE, Behaviour.SLOW, Behaviour.HANGS_UP])
def test_a_service_that_fails_is_unavailable(fakes: FakeResolvers, day: Behaviour) -> None:
    fakes.behaviours["NED"] = day
    response = query_service(NED.at(fakes.url), "m83", POOL, 0.5)
    assert (response.status, response.position) == (LookupStatus.UNAVAILABLE, None)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    response = query_service(IRSA.at("http://127.0.0.1:9"), "m83", POOL, 1.0)
    assert response.status is LookupStatus.UNAVAILABLE


def test_a_slow_response_is_a_timeout(fakes: FakeResolvers) -> None:
    fakes.behaviours["NED"] = Behaviour.SLOW
    with pytest.raises(TimeoutError):
        fetch(NED.at(fakes.url).url_template.replace("{name}", "m83"), POOL, 0.2)


FOUND = '{"stat": "OK", "objname": "M 83", "ra2000": "204.25", "dec2000": "-29.86"}'
NOT_FOUND = '{"stat": "ERROR", "msg": "not recognized"}'


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, FOUND, LookupStatus.FOUND),
        (200, NOT_FOUND, LookupStatus.UNKNOWN),
        (404, NOT_FOUND, LookupStatus.UNKNOWN),
        (404, FOUND, LookupStatus.UNAVAILABLE),
        (404, "", LookupStatus.UNAVAILABLE),
        (400, FOUND, LookupStatus.UNAVAILABLE),
        (401, NOT_FOUND, LookupStatus.UNAVAILABLE),
        (403, NOT_FOUND, LookupStatus.UNAVAILABLE),
        (403, FOUND, LookupStatus.UNAVAILABLE),
        (429, NOT_FOUND, LookupStatus.UNAVAILABLE),
        (206, FOUND, LookupStatus.UNAVAILABLE),
        (304, FOUND, LookupStatus.UNAVAILABLE),
        (503, NOT_FOUND, LookupStatus.UNAVAILABLE),
    ],
)
def test_a_name_is_known_by_a_200_and_unknown_by_nothing_that_bars_the_way(
    status: int, body: str, expected: LookupStatus
) -> None:
    with raw_server(lambda _, send: send(response(status, body))) as url:
        assert query_service(IRSA.at(url), "m83", POOL, 5.0).status is expected


def test_redirects_within_a_service_are_followed_and_others_are_not_sent() -> None:
    paths: list[str] = []

    def elsewhere(path: str, send: Send) -> None:
        paths.append(path)
        send(response(200, FOUND))

    with raw_server(elsewhere) as other:

        def moved(path: str, send: Send) -> None:
            if path == "/found":
                send(response(200, FOUND))
            else:
                send(response(302, Location=f"{other}/" if path.endswith("away") else "/found"))

        with raw_server(moved) as url:
            assert query_service(IRSA.at(url), "m83", POOL, 5.0).status is LookupStatus.FOUND
            assert query_service(IRSA.at(url), "away", POOL, 5.0).status is LookupStatus.UNAVAILABLE
    assert paths == []


def test_redirects_in_a_circle_end() -> None:
    with raw_server(lambda _, send: send(response(302, Location="/again"))) as url:
        assert query_service(IRSA.at(url), "m83", POOL, 5.0).status is LookupStatus.UNAVAILABLE


def test_a_connection_dropped_while_the_function_slept_is_tried_once_more() -> None:
    pool = urllib3.PoolManager()
    with fake_s3() as server:  # any server that keeps connections
        server.memory.put("m83", FOUND.encode(), {})
        service = replace(IRSA, url_template=f"{server.url}/bucket/{{name}}")
        assert query_service(service, "m83", pool, 5.0).status is LookupStatus.FOUND
        server.faults.append(times(1, reset_reused))
        assert query_service(service, "m83", pool, 5.0).status is LookupStatus.FOUND
        assert server.count("GET") == 3
        server.faults.append(times(2, lose_answer))
        assert query_service(service, "m83", pool, 5.0).status is LookupStatus.UNAVAILABLE
        assert server.count("GET") == 5
