"""``/sia2/query``: Simple Image Access 2.0."""

from __future__ import annotations

import io

import pytest
from astropy.io.votable import parse

from tests.support.batches.template import event
from tests.support.servers.http import CONTEXT, HttpClient, http_answer
from tests.unit.api.conftest import CENTER


def test_the_sample_event_finds_the_image_of_its_band(search: HttpClient) -> None:
    answer = http_answer(search.app.handle(event("search-get-sia2"), CONTEXT))
    assert answer.status == 200
    assert len(parse(io.BytesIO(answer.body), verify="ignore").get_first_table().array) == 1


def test_an_error_is_a_votable_under_its_http_status(search: HttpClient) -> None:
    answer = search.get("/sia2/query?POS=CIRCLE+1+2")
    assert (answer.status, answer.media_type) == (400, "application/x-votable+xml")
    assert b'value="ERROR"' in answer.body


def test_a_body_that_is_no_form_is_unsupported_media(search: HttpClient) -> None:
    answer = search.post("/sia2/query", b"x", content_type="multipart/form-data")
    assert answer.status == 415


@pytest.mark.parametrize("address", ["/SIA", "/SIA/", "/SIA/query"])
def test_the_archives_own_address_answers_the_same(search: HttpClient, address: str) -> None:
    query = "POS=circle+314.3+77.6+0.1&COLLECTION=twomass_allsky"
    answer = search.get(f"{address}?{query}")
    assert answer.status == 200
    assert len(parse(io.BytesIO(answer.body), verify="ignore").get_first_table().array) == 3
    assert answer.body == search.get(f"/sia2/query?{query}").body


@pytest.mark.parametrize("form", ["votable", "csv", "tsv", "ipac_table"])
def test_an_answer_can_be_posted_as_a_batch(search: HttpClient, batches: HttpClient, form: str) -> None:
    place = f"POS=CIRCLE+{CENTER[0]}+{CENTER[1]}+0.1&BAND=1.6e-6+2.3e-6"
    table = search.get(f"/sia2/query?{place}&RESPONSEFORMAT={form}").body.decode()
    planned = batches.post_json("/plans", {"mode": "coadd_keys", "table": table})
    assert planned.status == 200, planned.body
    assert (planned.json()["images"], planned.json()["by_band"]) == (2, {"H": 1, "K": 1})


@pytest.mark.parametrize(("power", "bands"), [("3.65 3.66", {"J"}), ("-Inf 3.5", {"H"}), ("10 20", set())])
def test_the_resolving_power_is_compared(search: HttpClient, power: str, bands: set[str]) -> None:
    answer = search.get(f"/sia2/query?SPECRP={power.replace(' ', '+')}")
    rows = parse(io.BytesIO(answer.body), verify="ignore").get_first_table().array
    assert set(rows["energy_bandpassname"].tolist()) == bands
    low, high = (float(word) for word in power.split())
    assert all(low <= value <= high for value in rows["em_res_power"].tolist())
