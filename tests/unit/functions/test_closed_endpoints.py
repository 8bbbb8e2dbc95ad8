"""A closed endpoint answers 403 in the form of its route; pages and services no longer lead to it."""

from __future__ import annotations

import csv
import io
from urllib.parse import urlencode

import pytest
from astropy.io.votable import parse

from skybatch.settings import Settings
from tests.support.batches.functions import load_function
from tests.support.html import Page
from tests.support.servers.http import BASE_URL, HttpAnswer, HttpClient, make_dependencies
from tests.support.survey.sample_archive import MadeArchive

PROBLEM, VOTABLE, LINE = "application/problem+json", "application/x-votable+xml", "text/plain"
SIA = "/ibe/sia/twomass/allsky/allsky?POS=180,20&SIZE=0.5"
ENDPOINTS = [
    ("batches", "planner", "POST", "/batches", PROBLEM),
    ("batches", "planner", "POST", f"/batches/{'0' * 32}/resubmit", PROBLEM),
    ("plans", "planner", "POST", "/plans", PROBLEM),
    ("tables", "planner", "POST", "/tables", PROBLEM),
    ("previews", "portal", "GET", f"/batches/{'0' * 32}/previews/x.png", PROBLEM),
    ("ibe-search", "search", "GET", "/ibe/search/twomass/allsky/allsky?POS=1,2", LINE),
    ("ibe-search", "search", "GET", "/ibe/search", LINE),
    ("ibe-sia", "search", "GET", SIA, VOTABLE),
    ("ibe-data", "search", "GET", "/ibe/data/twomass/", PROBLEM),
    ("cgi-bin", "search", "GET", "/cgi-bin/2MASS/IM/nph-im_sia?POS=1,2", VOTABLE),
    ("cgi-bin", "search", "GET", "/cgi-bin/2MASS/IM/nph-im_key?key=1", PROBLEM),
    ("sia2", "search", "GET", "/sia2/query?POS=CIRCLE 1 2 3", VOTABLE),
    ("soda", "search", "GET", "/soda/sync?ID=x", LINE),
    ("datalink", "search", "GET", "/datalink/links?ID=x", VOTABLE),
]


def service(function: str, closed: str, archive: MadeArchive | None = None) -> HttpClient:
    settings = Settings(public_url=BASE_URL, closed_endpoints=closed)
    changes = {} if archive is None else {"open_inventory": archive.open, "archive": archive.objects}
    return HttpClient(make_dependencies(settings=settings, **changes), *load_function(function).ROUTES)


def assert_closed(answer: HttpAnswer, name: str, media_type: str) -> None:
    assert (answer.status, answer.media_type) == (403, media_type)
    assert name in answer.body.decode()
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(("name", "function", "method", "url", "media_type"), ENDPOINTS)
def test_a_closed_endpoint_says_so(name: str, function: str, method: str, url: str, media_type: str) -> None:
    assert_closed(service(function, name).call(method, url), name, media_type)


def test_nothing_else_is_closed_with_it() -> None:
    for _, function, method, url, _ in ENDPOINTS:
        others = ",".join({each[0] for each in ENDPOINTS if each[3] != url} - {_name_of(url)})
        answer = service(function, others).call(method, url)
        assert answer.status != 403, url


def _name_of(url: str) -> str:
    return next(each[0] for each in ENDPOINTS if each[3] == url)


def test_the_form_offers_only_what_is_open() -> None:
    def ids(closed: str) -> set[str]:
        page = Page(service("portal", closed).get("/").body.decode())
        return {element.attributes.get("id", "") for element in page.elements} & {"start", "check", "closed"}

    assert ids("") == {"start", "check"}
    assert ids("plans") == {"start"}
    assert ids("batches") == {"check", "closed"}
    assert ids("batches,plans") == {"closed"}


def test_documents_do_not_name_it() -> None:
    client = service("portal", "soda,plans")
    assert {"/plans", "/soda/sync"}.isdisjoint(client.get("/openapi.json").json()["paths"])
    assert b"/soda/sync" not in client.get("/docs").body


@pytest.fixture(scope="module")
def sample() -> MadeArchive:
    return MadeArchive(centres=[(180.0, 20.0)])


def test_services_do_not_lead_to_it(sample: MadeArchive) -> None:
    def described(closed: str) -> set[str]:
        body = service("search", closed, sample).get("/sia2/query?POS=CIRCLE 180 20 0.5").body
        resources = parse(io.BytesIO(body), verify="ignore").resources
        return {resource.ID for resource in resources if resource.type == "meta"}

    assert described("") == {"datalink", "soda-sync"}
    assert described("soda") == {"datalink"}
    capabilities = service("search", "ibe-sia", sample).get("/ibe/capabilities").body
    assert b"/ibe/sia/" not in capabilities
    assert b"/ibe/sia/" in service("search", "", sample).get("/ibe/capabilities").body


def test_links_records_and_docs_do_not_name_it(sample: MadeArchive) -> None:
    def answers(closed: str) -> bytes:
        client = service("search", closed, sample)
        table = client.get("/sia2/query?POS=CIRCLE 180 20 0.5&RESPONSEFORMAT=csv&MAXREC=1").body.decode()
        (image,) = csv.DictReader(io.StringIO(table))
        links = client.get(f"/datalink/links?{urlencode({'ID': image['obs_publisher_did']})}")
        records = [client.get(f"/registry/record/{name}") for name in ("service", "2mass-asky")]
        docs = client.get("/ibe/docs/twomass/allsky/allsky")
        assert {answer.status for answer in (links, docs, *records)} == {200}
        return b"".join(answer.body for answer in (links, docs, *records))

    assert (named := answers("")).count(b"soda-sync") == 2
    for closed, address in (("soda", b"/soda/sync"), ("ibe-sia", b"/ibe/sia/")):
        assert address in named
        assert address not in answers(closed)
    assert b"soda-sync" not in answers("soda")


def test_a_browser_may_ask_in_advance() -> None:
    assert service("search", "sia2").call("OPTIONS", "/sia2/query").status == 204
