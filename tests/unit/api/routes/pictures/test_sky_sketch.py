"""``/batches/{id}/sky.svg`` and the sketch of ``POST /plans``."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from skybatch.presentation.sky_sketch.style import style_source
from tests.support.batches.in_process_service import Service
from tests.support.html import Page
from tests.support.servers.http import HttpClient
from tests.unit.api.conftest import CENTER

TABLE = f"ra,dec,size,id\n{CENTER[0]},{CENTER[1]},50,here\n10,10,50,nowhere\n"
FIELDS = {"mode": "positions", "table": TABLE}
SVG = "image/svg+xml"


def marks(svg: bytes) -> list[str]:
    groups = ElementTree.fromstring(svg).iter()
    return [group.get("class", "") for group in groups for each in group if each.get("data-row") is not None]


def test_a_batch_is_drawn_once_it_is_planned_and_after(batches: HttpClient, service: Service) -> None:
    accepted = service.submit(**FIELDS)
    address = f"/batches/{accepted.record.batch_id}/sky.svg"
    assert batches.get(address).status == 404
    assert service.run(accepted).state == "complete"
    answer = batches.get(address)
    assert (answer.status, answer.media_type) == (200, SVG)
    assert marks(answer.body) == ["mark covered", "mark not-covered"]
    assert style_source() in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"].startswith("private, max-age=")
    store = service.store(accepted.record.batch_id)
    assert answer.body == store.read("results/sky.svg")


@pytest.mark.parametrize("ended", [False, True])
def test_a_batch_without_a_packaged_sketch_is_drawn_from_its_plan(
    batches: HttpClient, service: Service, ended: bool
) -> None:
    accepted = service.submit(**FIELDS)
    service.run(accepted)
    for name in ("results/sky.svg", *([] if ended else ["outcomes.jsonl"])):
        service.objects.delete(service.store(accepted.record.batch_id).path(name))
    answer = batches.get(f"/batches/{accepted.record.batch_id}/sky.svg")
    assert marks(answer.body) == ["mark covered", "mark not-covered"]


@pytest.mark.parametrize(("query", "accept"), [("?format=svg", "*/*"), ("", SVG)])
def test_a_dry_run_is_drawn_for_who_asks_for_it(batches: HttpClient, query: str, accept: str) -> None:
    answer = batches.post_json(f"/plans{query}", FIELDS, accept=accept)
    assert (answer.status, answer.media_type) == (200, SVG)
    assert marks(answer.body) == ["mark covered", "mark not-covered"]
    assert answer.headers["cache-control"] == "no-store"


FAR = (
    f"{TABLE.splitlines()[0]}\n"
    + "".join(f"{CENTER[0]},{CENTER[1]},50,near{n}\n" for n in range(9))
    + f"{CENTER[0]},{-CENTER[1]},50,far\n"
)


def outside(svg: bytes) -> str | None:
    return ElementTree.fromstring(svg).get("data-outside")


def test_rows_far_from_most_are_on_the_map_of_the_whole_sky(batches: HttpClient, service: Service) -> None:
    fields = {"mode": "positions", "table": FAR}
    accepted = service.submit(**fields)
    service.run(accepted)
    address = f"/batches/{accepted.record.batch_id}/sky.svg"
    assert outside(batches.get(address).body) == outside(batches.get(f"{address}?map=field").body) == "1"
    sky = batches.get(f"{address}?map=sky").body
    assert sky == service.store(accepted.record.batch_id).read("results/sky-all.svg")
    assert (outside(sky), len(marks(sky))) == ("0", 10)
    assert outside(batches.post_json("/plans?format=svg", fields).body) == "1"
    planned = batches.post_json("/plans?format=svg&map=sky", fields).body
    assert (outside(planned), len(marks(planned))) == ("0", 10)
    assert b'class="sea' in planned
    page = Page(batches.get(f"/batches/{accepted.record.batch_id}/results", accept="text/html").body.decode())
    assert page.one("a", href="sky.svg?map=sky")


def test_any_batch_has_a_map_of_the_whole_sky_and_no_other(batches: HttpClient, service: Service) -> None:
    accepted = service.submit(**FIELDS)
    service.run(accepted)
    address = f"/batches/{accepted.record.batch_id}/sky.svg"
    assert ElementTree.fromstring(batches.get(f"{address}?map=sky").body).get("data-field") == "180 0 180"
    for refused in (batches.get(f"{address}?map=moon"), batches.post_json("/plans?map=moon", FIELDS)):
        assert (refused.status, refused.json()["errors"][0]["column"]) == (422, "map")


def test_the_form_offers_the_whole_sky_without_scripts_where_rows_lie_outside(batches: HttpClient) -> None:
    def offered(address: str, table: str) -> bool:
        answer = batches.post_json(address, {"mode": "positions", "table": table}, accept="text/html")
        button = Page(answer.body.decode()).one("button", id="whole-sky")
        assert button.attributes["formaction"] == "plans?map=sky#plan"
        return "hidden" not in button.attributes

    near = "\n".join(FAR.splitlines()[:-1]) + "\n"
    assert [offered("/plans", FAR), offered("/plans?map=sky", FAR), offered("/plans", near)] == [
        True,
        False,
        False,
    ]


def test_other_formats_are_refused_and_what_is_nowhere_has_no_sketch(batches: HttpClient) -> None:
    unknown = {"mode": "coadd_keys", "table": "coadd_key\n999\n"}
    assert batches.post_json("/plans?format=png", unknown).json()["code"] == "invalid"
    assert batches.post_json("/plans?format=svg", unknown).status == 404
    assert batches.post_json("/plans", unknown).json()["rows"] == 1


def test_a_browser_without_scripts_has_the_sketch_in_the_form(batches: HttpClient) -> None:
    page = Page(batches.post_json("/plans", FIELDS, accept="text/html").body.decode())
    assert page.one("svg", **{"class": "sky"})
    assert "Covered: 1" in page.words
    field = page.one("svg", **{"class": "sky"}).attributes["data-field"].split()
    aladin = next(each.attributes["href"] for each in page.all("a") if "aladin" in each.attributes["href"])
    assert f"fov={float(field[2]):.4g}" in aladin


def test_a_browser_without_scripts_has_its_form_back_where_nothing_has_a_place(batches: HttpClient) -> None:
    unknown = {"mode": "coadd_keys", "table": "coadd_key\n999\n"}
    answer = batches.post_json("/plans", unknown, accept="text/html")
    assert answer.status == 200
    page = Page(answer.body.decode())
    assert page.all("svg", **{"class": "sky"}) == []
    assert "No images, 0 bytes." in page.words
