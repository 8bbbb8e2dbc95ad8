"""``/datalink/links``: links of images, read by astropy."""

from __future__ import annotations

import io
from urllib.parse import quote

from astropy.io.votable import parse

from skybatch.vo.obscore import IVOID
from tests.support.servers.http import HttpClient
from tests.support.survey.sample_archive import MadeArchive


def test_an_images_links_are_a_datalink_table(search: HttpClient, sample: MadeArchive) -> None:
    image = IVOID + sample.key(0, "j")
    answer = search.get(f"/datalink/links?ID={quote(image)}")
    assert answer.headers["content-type"] == "application/x-votable+xml;content=datalink"
    rows = parse(io.BytesIO(answer.body), verify="ignore").get_first_table().array
    assert set(rows["ID"]) == {image}
    assert "#this" in set(rows["semantics"])


def test_an_unknown_id_is_a_row_with_an_error_message(search: HttpClient) -> None:
    answer = search.get("/datalink/links?ID=nothing")
    rows = parse(io.BytesIO(answer.body), verify="ignore").get_first_table().array
    assert answer.status == 200
    assert [bool(row["error_message"]) for row in rows] == [True]


def test_too_many_parameters_are_an_error_votable(search: HttpClient) -> None:
    answer = search.get("/datalink/links?" + "&".join(["ID=x"] * 2001))
    assert (answer.status, answer.media_type) == (400, "application/x-votable+xml")
