"""``/sia2/query``: Simple Image Access 2.0."""

from __future__ import annotations

import io

import pytest
from astropy.io.votable import parse

from tests.support.batches.template import event
from tests.support.servers.http import CONTEXT, HttpClient, http_answer


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
