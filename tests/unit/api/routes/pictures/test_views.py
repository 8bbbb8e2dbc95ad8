"""``/batches/{id}/views/{file}``: the page of an image, while a batch runs and after."""

from __future__ import annotations

import pytest

from skybatch.workflow import steps
from tests.support.batches.batch_fakes import Clock
from tests.support.batches.in_process_service import Service
from tests.support.html import Page
from tests.support.servers.http import HttpClient
from tests.unit.api.conftest import CENTER

FIELDS = {"mode": "positions", "table": f"ra,dec,size\n{CENTER[0]},{CENTER[1]},50\n"}


def first_file(batches: HttpClient, batch: str) -> str:
    return str(batches.get(f"/batches/{batch}/images").json()["images"][0]["file"])


def test_an_image_has_a_page_and_the_pages_addresses_lead_somewhere(
    batches: HttpClient, service: Service
) -> None:
    accepted = service.submit(**FIELDS)
    service.run(accepted)
    base = f"/batches/{accepted.record.batch_id}"
    answer = batches.get(f"{base}/views/{first_file(batches, accepted.record.batch_id)}")
    page = Page(answer.body.decode())
    assert (answer.status, page.unclosed) == (200, [])
    picture = page.one("img", id="picture").attributes["src"]
    assert batches.get(f"{base}/{picture.removeprefix('../')}").media_type == "image/png"
    links = [link.attributes["href"] for link in page.all("a")]
    views = [href for href in links if href.endswith(".fits") and "images/" not in href]
    statuses = [batches.get(f"{base}/views/{href}").status for href in views]
    assert statuses == [200] * 4  # three bands, and their colours


def test_an_image_of_a_running_batch_can_be_looked_at(batches: HttpClient, service: Service) -> None:
    accepted = service.submit(**FIELDS)
    batch = accepted.record.batch_id
    state = steps.plan_step(service.objects, {"batch_id": batch}, service.archive.open, service.settings)
    state = steps.dispatch_step(service.objects, state, service.queue, service.settings, 1010.0)
    steps.tally_step(service.objects, state, service.settings, Clock(1020.0))
    tiles = Page(batches.get(f"/batches/{batch}/results").body.decode())
    links = [each.attributes["href"] for each in tiles.all("a") if "views/" in each.attributes["href"]]
    assert len(links) == 3
    assert batches.get(f"/batches/{batch}/{links[0]}").status == 200


@pytest.mark.parametrize("file", ["x.fits", "..%2Fplan.jsonl", "a b"])
def test_other_names_have_no_page(batches: HttpClient, service: Service, file: str) -> None:
    accepted = service.submit(**FIELDS)
    service.run(accepted)
    assert batches.get(f"/batches/{accepted.record.batch_id}/views/{file}").status == 404


def test_what_cannot_be_chosen_is_refused(batches: HttpClient, service: Service) -> None:
    accepted = service.submit(**FIELDS)
    service.run(accepted)
    base = f"/batches/{accepted.record.batch_id}"
    for address in ("results?outcome=lost", f"views/{first_file(batches, base.split('/')[2])}?stretch=x"):
        assert batches.get(f"{base}/{address}").status == 422
