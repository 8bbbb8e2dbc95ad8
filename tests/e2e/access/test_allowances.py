"""Allowances and closed endpoints on the running stack: functions learn from each other through S3."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.stack import Stack
from tests.e2e.service import Answer, Service

pytestmark = pytest.mark.e2e
SIA = "/ibe/sia/twomass/allsky/allsky?POS=65.497627,19.535070&SIZE=0.1"


@pytest.fixture(scope="module")
def service(start_stack: Callable[..., Stack]) -> Service:
    """A service whose callers may have 2 MB of answers, and no dry runs."""
    limits = {"MaxDailyBytesFromCaller": "2000000", "ClosedEndpoints": "plans,soda"}
    return Service(start_stack(parameters=limits).url)


def asked_until_refused(service: Service, path: str) -> Answer:
    """Ask until the answer is 429."""
    for _ in range(60):
        answer = service.call(path)
        if answer.status == 429:
            return answer
        assert answer.status == 200
    raise AssertionError("never refused")


def header(answer: Answer, name: str) -> str:
    return {key.lower(): value for key, value in answer.headers.items()}[name]


def test_a_closed_endpoint_says_so_and_is_in_no_document(service: Service) -> None:
    answer = service.post("/plans", mode="positions", table="ra,dec\n65.497627,19.535070\n")
    assert (answer.status, answer.json()["code"]) == (403, "closed")
    assert {"/plans", "/soda/sync"}.isdisjoint(service.call("/openapi.json").json()["paths"])
    assert b'id="check"' not in service.call("/").body


def test_who_has_used_one_function_is_refused_by_all_of_them(service: Service) -> None:
    assert int(header(asked_until_refused(service, "/openapi.json"), "retry-after")) > 0
    refused = asked_until_refused(service, SIA)  # it learns as soon as it accounts for its own use
    assert b"QUERY_STATUS" in refused.body
    assert b"network address" in refused.body
    page = service.call("/", headers={"Accept": "text/html"})
    assert (page.status, header(page, "content-type").split(";")[0]) == (429, "text/html")
