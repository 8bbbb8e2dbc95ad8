"""Who has used up an allowance is refused before any work, by each route as its clients read errors."""

from __future__ import annotations

import io

import pytest
from astropy.io.votable import parse

from skybatch.api.metering import caller_allowance
from skybatch.callers.usage import Usage
from skybatch.settings import Settings
from tests.support.batches.functions import load_function
from tests.support.servers.http import NOW, HttpAnswer, HttpClient, make_dependencies

BATCH = "0" * 32
PROBLEM, VOTABLE, LINE, PAGE = (
    "application/problem+json",
    "application/x-votable+xml",
    "text/plain",
    "text/html",
)
SITE, CALLER, NEIGHBOUR = "2001:db8:7::/48", "2001:db8:7:1::5", "2001:db8:7:2::6"
ROUTES = [
    ("planner", "POST", "/batches", PROBLEM),
    ("planner", "POST", "/plans", PROBLEM),
    ("planner", "POST", "/tables", PROBLEM),
    ("planner", "POST", f"/batches/{BATCH}/resubmit", PROBLEM),
    ("planner", "POST", f"/batches/{BATCH}/cancel", PROBLEM),
    ("portal", "GET", f"/batches/{BATCH}", PROBLEM),
    ("portal", "GET", f"/batches/{BATCH}/files/images.tar", PROBLEM),
    ("portal", "HEAD", f"/batches/{BATCH}/previews/x.png", PROBLEM),
    ("portal", "GET", "/", PROBLEM),
    ("portal", "GET", "/openapi.json", PROBLEM),
    ("search", "GET", "/ibe/sia/twomass/allsky/allsky?POS=1,2&SIZE=1", VOTABLE),
    ("search", "POST", "/ibe/sia/twomass/allsky/allsky", VOTABLE),
    ("search", "GET", "/ibe/sia/twomass/allsky/allsky?POS=1,2&SIZE=1&RESPONSEFORMAT=csv", LINE),
    ("search", "GET", "/cgi-bin/2MASS/IM/nph-im_sia?POS=1,2&SIZE=1", VOTABLE),
    ("search", "GET", "/cgi-bin/2MASS/IM/nph-im?ds=asky", PROBLEM),
    ("search", "GET", "/ibe/search/twomass/allsky/allsky?where=1=1", LINE),
    ("search", "GET", "/ibe/data/twomass/allsky/allsky/", PROBLEM),
    ("search", "GET", "/sia2/query?POS=CIRCLE 1 2 3", VOTABLE),
    ("search", "POST", "/sia2/query", VOTABLE),
    ("search", "GET", "/soda/sync?ID=x", LINE),
    ("search", "GET", "/datalink/links?ID=x", VOTABLE),
    ("search", "GET", "/sia2/capabilities", PROBLEM),
]


def exhausted(function: str) -> HttpClient:
    """A function whose caller has used twice of what it may."""
    client = HttpClient(make_dependencies(), *load_function(function).ROUTES)
    twice = Usage(seconds=2 * caller_allowance(Settings()).seconds)
    client.dependencies.callers.charge(SITE, twice, NOW)
    client.source_ip = CALLER
    return client


def assert_told_when(answer: HttpAnswer) -> None:
    assert answer.status == 429
    assert 86_400 * 0.9 < int(answer.headers["retry-after"]) <= 86_401


@pytest.mark.parametrize(("function", "method", "url", "media_type"), ROUTES)
def test_an_exhausted_caller_is_told_when_to_come_back(
    function: str, method: str, url: str, media_type: str
) -> None:
    answer = exhausted(function).call(method, url)
    assert_told_when(answer)
    assert answer.media_type == media_type
    if media_type == VOTABLE:
        (info,) = parse(io.BytesIO(answer.body), verify="ignore").resources[0].infos
        assert (info.name, info.value) == ("QUERY_STATUS", "ERROR")
    if media_type == PROBLEM:
        assert answer.json()["code"] == "too_many"


@pytest.mark.parametrize(
    ("function", "method", "url"), [route[:3] for route in ROUTES if route[3] == PROBLEM]
)
def test_a_browser_is_told_by_a_page(function: str, method: str, url: str) -> None:
    answer = exhausted(function).call(method, url, accept="text/html")
    assert_told_when(answer)
    assert answer.media_type == PAGE


def test_all_of_a_site_share_an_allowance_and_others_have_their_own() -> None:
    client = exhausted("portal")
    client.source_ip = NEIGHBOUR
    assert_told_when(client.get("/health"))
    client.source_ip = "2001:db8:8::5"
    assert client.get("/health").status == 200


def test_use_counts_from_one_function_to_the_next() -> None:
    settings = Settings(max_daily_bytes_from_caller=1000)
    first = make_dependencies(settings=settings)
    portal, search = (
        HttpClient(dependencies, *load_function(name).ROUTES)
        for name, dependencies in (
            ("portal", first),
            ("search", make_dependencies(settings=settings, results=first.results)),
        )
    )
    assert portal.get("/openapi.json").status == 200  # more than 1000 bytes
    assert portal.get("/health").status == 429
    assert search.get("/sia2/capabilities").status == 200  # it does not know yet
    assert search.get("/sia2/capabilities").status == 429
