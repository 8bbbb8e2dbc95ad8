"""``/ibe/sia``: searches as SIA 1.0 clients send them, read by astropy."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from astropy.io.votable import parse

from skybatch.api.routes import sia1
from skybatch.errors import Transient
from tests.support.servers.http import HttpClient

TABLE = "/ibe/sia/twomass/allsky/allsky"
REGION = "POS=314.3,77.6&SIZE=0.1"


def test_a_region_gives_one_row_per_image(search: HttpClient) -> None:
    answer = search.get(f"{TABLE}?{REGION}")
    assert (answer.status, answer.media_type) == (200, "application/x-votable+xml")
    table = parse(io.BytesIO(answer.body), verify="ignore").get_first_table().array
    assert len(table) == 3


def test_an_error_is_a_votable_with_status_200(search: HttpClient) -> None:
    answer = search.get(TABLE)
    (resource,) = parse(io.BytesIO(answer.body), verify="ignore").resources
    assert answer.status == 200
    assert [(info.name, info.value) for info in resource.infos] == [("QUERY_STATUS", "ERROR")]


def test_an_error_of_a_plain_format_is_one_line_of_text(search: HttpClient) -> None:
    answer = search.get(f"{TABLE}?RESPONSEFORMAT=CSV")
    assert (answer.status, answer.media_type, answer.body.count(b"\n")) == (400, "text/plain", 1)


def test_an_error_of_the_service_keeps_its_http_status(search: HttpClient) -> None:
    def fail(dataset: str, version: str | None) -> Any:
        raise Transient("later")

    broken = HttpClient(replace(search.dependencies, open_inventory=fail), sia1.routes)
    answer = broken.get(f"{TABLE}?{REGION}")
    assert (answer.status, answer.media_type) == (503, "application/x-votable+xml")


def test_an_unknown_table_is_not_found(search: HttpClient) -> None:
    assert search.get("/ibe/sia/twomass/allsky/nothing").status == 404


def test_a_posted_form_is_read_like_a_query(search: HttpClient) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert search.post(TABLE, REGION.encode(), **form).body == search.get(f"{TABLE}?{REGION}").body
