"""One request to a name service: a service that fails is unavailable, never "not found"."""

from __future__ import annotations

import pytest
import urllib3

from local.fake_resolvers import Behaviour, FakeResolvers
from skybatch.names.model import LookupStatus
from skybatch.names.query import fetch, query_service
from skybatch.names.services import IRSA, NED

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
