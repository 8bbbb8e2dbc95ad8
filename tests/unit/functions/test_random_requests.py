"""No request makes a function answer 5xx: random bytes to every route, and examples damaged at random."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import obstore
import pytest

from local.fake_resolvers import FakeResolvers
from skybatch.api.app import HttpApp
from skybatch.names.resolver import Resolver
from skybatch.storage import links
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service
from tests.support.hostile.random_requests import Example, RandomRequests
from tests.support.servers.http import CONTEXT, MULTIPART, http_answer, make_dependencies, multipart_form
from tests.support.servers.name_services import fake_resolver
from tests.support.survey.sample_archive import MadeArchive

FUNCTIONS = ("planner", "portal", "search")
CENTER = (314.30417, 77.595559)
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
WHERE = "coadd_key%20in%20(1001,2)%20and%20filter%20like%20%27j%25%27%20and%20-dec*2%3C1"


@pytest.fixture(scope="module")
def archive() -> MadeArchive:
    """An archive of one image set."""
    return MadeArchive(centres=[CENTER])


@pytest.fixture(scope="module")
def service(archive: MadeArchive) -> Service:
    """A service over it, in memory."""
    return Service(archive)


@pytest.fixture(scope="module")
def batch_id(service: Service) -> str:
    """A batch that has ended."""
    table = f"ra,dec,size\n{CENTER[0]},{CENTER[1]},50\n"
    accepted = service.submit(mode="positions", table=table)
    service.run(accepted)
    return accepted.record.batch_id


def examples(batch_id: str, key: str) -> dict[str, list[Example]]:
    """Requests to each function that are answered."""
    ra, dec = CENTER
    ivoid = f"ivo://irsa.ipac/2mass?{key}"
    portal = [
        "/", "/?example=region", "/help/positions", "/docs", "/openapi.json", "/health",
        f"/batches/{batch_id}", f"/batches/{batch_id}/results", f"/batches/{batch_id}/images?after=0",
        f"/batches/{batch_id}/files/rows.tbl", f"/batches/{batch_id}/previews/x.png",
    ]  # fmt: skip
    search = [
        f"/ibe/search/twomass/allsky/allsky?POS={ra},{dec}&SIZE=0.1&where={WHERE}&columns=ra,dec&ct=csv",
        f"/ibe/search/twomass/allsky/allsky?where={WHERE}&MAXREC=3",
        f"/ibe/sia/twomass/allsky/allsky?POS={ra},{dec}&SIZE=0.1&FORMAT=ALL",
        f"/ibe/data/{key}?center={ra},{dec}&size=1arcmin&gzip=0",
        f"/ibe/data/{key}",
        "/ibe/data/twomass/allsky/",
        f"/sia2/query?POS=CIRCLE%20{ra}%20{dec}%200.1&BAND=1e-6%202e-6&TIME=5e4&MAXREC=5&ID={ivoid}",
        f"/soda/sync?ID={ivoid}&CIRCLE={ra}%20{dec}%200.01",
        f"/datalink/links?ID={ivoid}",
        "/sia2/capabilities",
        f"/cgi-bin/2MASS/IM/nph-im_sia?POS={ra},{dec}&SIZE=0.1&type=at&ds=asky&band=J",
        "/cgi-bin/2MASS/IM/nph-im_key?key=1001&band=j",
        "/cgi-bin/2MASS/IM/nph-im?ds=asky&dh=990101n&scan=001&name=ji0010009",
    ]
    table = f"id,ra,dec,size\na,{ra},{dec},50\nb,10h,+20d,1m\n"
    fields = {"mode": "positions", "table": table, "bands": "j", "email": "a@example.org"}
    as_json = json.dumps(fields).encode()
    as_form = multipart_form({"mode": "region", "pos": f"{ra} {dec}", "size": "0.1", "table": table})
    bodies = ((as_json, JSON), (as_form, {"content-type": MULTIPART, "accept": "text/html"}))
    planner: list[Example] = [("POST", path, *sent) for path in ("/batches", "/plans") for sent in bodies]
    planner += [
        ("POST", f"/batches/{batch_id}/resubmit", b'{"what": "unretrieved"}', JSON),
        ("POST", f"/batches/{batch_id}/cancel", b"", {}),
    ]
    posted: Example = ("POST", "/sia2/query", f"POS=CIRCLE+{ra}+{dec}+0.1&MAXREC=2".encode(), FORM)
    return {"planner": planner, "portal": _gets(portal), "search": [*_gets(search), posted]}


def _gets(urls: list[str]) -> list[Example]:
    return [("GET", url, b"", {}) for url in urls]


def send(service: Service, batch_id: str, count: int, seed: int) -> Counter[int]:
    """Send random requests to all functions; the number of answers of each status."""
    with FakeResolvers() as fakes:
        return _send(service, fake_resolver(fakes), batch_id, count, seed)


def _send(service: Service, resolver: Resolver, batch_id: str, count: int, seed: int) -> Counter[int]:
    archive = service.archive
    dependencies = make_dependencies(
        results=service.objects,
        archive=archive.objects,
        open_inventory=archive.open,
        name_resolver=lambda: resolver,
        clock=lambda: 1200.0,
    )
    tables = {name: load_function(name).ROUTES for name in FUNCTIONS}
    apps = {name: HttpApp(dependencies, tables[name]) for name in FUNCTIONS}
    routes = {name: [route for table in tables[name] for route in table.routes] for name in FUNCTIONS}
    known = examples(batch_id, archive.key(0, "j"))
    makers = {name: RandomRequests(seed, routes[name], known[name]) for name in FUNCTIONS}
    statuses: Counter[int] = Counter()
    for number in range(count):
        name = FUNCTIONS[number % len(FUNCTIONS)]
        event = makers[name].event()
        answer = http_answer(apps[name].handle(event, CONTEXT))
        assert answer.status < 500, (name, _shown(event), answer)
        statuses[answer.status] += 1
    return statuses


def _shown(event: dict[str, Any]) -> dict[str, Any]:
    shown = ("rawPath", "rawQueryString", "headers", "body", "isBase64Encoded")
    return {"method": event["requestContext"]["http"]["method"]} | {name: event[name] for name in shown}


@pytest.fixture
def _signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores in memory sign no URLs."""

    def sign(store: object, method: str, paths: str, expires_in: object) -> str:
        return f"https://s3/{paths}"

    monkeypatch.setattr(obstore, "sign", sign)
    monkeypatch.setattr(links, "_signed_with", lambda overrides, url, objects, method: url)


@pytest.mark.usefixtures("_signed")
@pytest.mark.no_cover
def test_random_requests_never_make_a_function_fail(service: Service, batch_id: str) -> None:
    statuses = send(service, batch_id, 1500, seed=7)
    assert {200, 400, 404} <= statuses.keys()


@pytest.mark.soak
@pytest.mark.usefixtures("_signed")
def test_twenty_thousand_random_requests_never_make_a_function_fail(service: Service, batch_id: str) -> None:
    statuses = send(service, batch_id, 20_000, seed=2)
    assert {200, 400, 404, 422} <= statuses.keys()
