"""``/datalink/links``: links of images, read by astropy."""

from __future__ import annotations

import io
from urllib.parse import quote

import pytest
from astropy.io.votable import parse

from skybatch.vo.datalink import LINKS_TYPE
from tests.support.servers.http import HttpClient
from tests.support.survey.descriptions import IVOID
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


def test_the_text_of_an_error_begins_with_its_name(search: HttpClient) -> None:
    (resource,) = parse(io.BytesIO(search.get("/datalink/links").body), verify="ignore").resources
    assert str(resource.infos[0].content).startswith("UsageFault: ")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("votable", LINKS_TYPE), ("text/xml", "text/xml"), (LINKS_TYPE, LINKS_TYPE), ("csv", "text/csv")],
)
def test_links_have_the_media_type_that_was_asked_for(search: HttpClient, asked: str, answered: str) -> None:
    answer = search.get(f"/datalink/links?ID=x&RESPONSEFORMAT={quote(asked)}")
    assert answer.headers["content-type"].startswith(answered)
