"""``/ibe/search``: searches of one table, and the pages that lead to it."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.servers.http import HttpClient

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
