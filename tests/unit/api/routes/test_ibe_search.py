"""``/ibe/search``: searches of one table, and the pages that lead to it."""

from __future__ import annotations

import csv
import io

import pytest
from urllib3.filepost import encode_multipart_formdata

from tests.support.servers.http import HttpClient
from tests.unit.api.conftest import CENTER

TABLE = "/ibe/search/twomass/allsky/allsky"


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/ibe/search", "/ibe/search/twomass"),
        ("/ibe/search/", "/ibe/search/twomass"),
        ("/ibe/search/twomass/", "/ibe/search/twomass/allsky"),
        ("/ibe/search/2MASS", "/ibe/search/twomass/allsky"),
        ("/ibe/search/twomass/allsky", TABLE),
    ],
)
def test_pages_lead_down_to_the_tables(search: HttpClient, path: str, link: str) -> None:
    answer = search.get(path)
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert link in answer.body.decode()


@pytest.mark.parametrize("path", ["wise", "wise/allsky", "twomass/nothing", "twomass/full"])
def test_what_the_archive_does_not_hold_is_not_found(search: HttpClient, path: str) -> None:
    assert search.get(f"/ibe/search/{path}").status == 404


def test_a_condition_selects_rows(search: HttpClient) -> None:
    answer = search.get(f"{TABLE}?where=filter='j'&ct=csv")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert (answer.status, answer.media_type) == (200, "text/csv")
    assert [row["filter"] for row in rows] == ["j"]


def test_an_error_is_one_line_of_text(search: HttpClient) -> None:
    answer = search.get(f"{TABLE}?where=nothing=1")
    assert (answer.status, answer.media_type, answer.body.count(b"\n")) == (400, "text/plain", 1)


def test_a_table_of_positions_is_posted_as_a_file(search: HttpClient) -> None:
    table = f"ra,dec\n10,10\n{CENTER[0]},{CENTER[1]}\n".encode()
    body, content_type = encode_multipart_formdata(
        {"POS": ("targets.csv", table), "columns": "fname,filter", "ct": "csv"}
    )
    answer = search.post("/ibe/search/twomass/allsky/allsky", body, content_type=content_type)
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert answer.status == 200
    assert [row["in_row_id"] for row in rows] == ["2", "2", "2"]
    assert {(float(row["in_ra"]), float(row["in_dec"])) for row in rows} == {CENTER}
    assert [row["filter"] for row in rows] == ["j", "h", "k"]


def test_a_table_that_cannot_be_read_is_one_line(search: HttpClient) -> None:
    body, content_type = encode_multipart_formdata([("POS", ("targets.csv", b"ra,dec\n1,95\n"))])
    answer = search.post("/ibe/search/twomass/allsky/allsky", body, content_type=content_type)
    assert (answer.status, answer.media_type, answer.body.count(b"\n")) == (422, "text/plain", 1)


@pytest.mark.parametrize("address", ["/ibe/docs/twomass/allsky/allsky", "/ibe/docs/2mass/allsky/allsky/"])
def test_a_table_has_a_page_of_docs(search: HttpClient, address: str) -> None:
    answer = search.get(address)
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert search.get(address.replace("allsky/allsky", "allsky/nothing")).status == 404
