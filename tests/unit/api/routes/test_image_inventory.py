"""``/cgi-bin/2MASS/IM``: the inventory, the page of an image, and the image by its parts."""

from __future__ import annotations

import csv
import io

import obstore
import pytest

from local.fake_resolvers import Behaviour, FakeResolvers
from skybatch.api.routes import image_inventory
from skybatch.errors import MalformedRequest, Transient
from tests.support.html import Page
from tests.support.servers.http import HttpClient, make_dependencies
from tests.support.servers.name_services import fake_resolver
from tests.support.survey.sample_archive import MadeArchive
from tests.unit.api.conftest import CENTER

BASE = "/cgi-bin/2MASS/IM"
STAR = f"POS={CENTER[0]},{CENTER[1]}&SIZE=0.01"
PARTS = "ds=asky&dh=990101n&scan=1&name=ji0010009.fits"


def test_a_position_gives_images_and_their_pages(search: HttpClient) -> None:
    answer = search.get(f"{BASE}/nph-im_sia?{STAR}&RESPONSEFORMAT=CSV")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert (answer.status, answer.media_type) == (200, "text/csv")
    assert len(rows) == 6


def test_a_missing_position_is_an_error_votable(search: HttpClient) -> None:
    answer = search.get(f"{BASE}/nph-im_sia")
    assert answer.status == 200
    assert b'value="ERROR"' in answer.body


def test_the_page_of_an_image_shows_its_preview_and_download(search: HttpClient) -> None:
    answer = search.get(f"{BASE}/nph-im_key?ds=asky&key=1001&band=j")
    page = Page(answer.body.decode())
    assert (answer.status, answer.media_type, page.unclosed) == (200, "text/html", [])
    (image,) = [each for each in page.elements if each.name == "img"]
    preview = search.get(f"{BASE}/nph-im_key{image.attributes['src']}")
    assert preview.media_type == "image/png"
    assert preview.body.startswith(b"\x89PNG")


@pytest.mark.parametrize(("query", "status"), [("key=9999&band=j", 404), ("key=x&band=j", 400)])
def test_an_image_that_is_not_there_is_an_error(search: HttpClient, query: str, status: int) -> None:
    assert search.get(f"{BASE}/nph-im_key?{query}").status == status


def test_an_image_by_its_parts_is_the_stored_file(sample: MadeArchive, search: HttpClient) -> None:
    answer = search.get(f"{BASE}/nph-im?{PARTS}&type=at")
    assert (answer.status, answer.media_type) == (200, "application/x-gzip")
    assert answer.headers["content-disposition"] == 'attachment; filename="ji0010009.fits.gz"'
    assert answer.body == bytes(obstore.get(sample.objects, sample.key(0, "j")).bytes())


def test_a_part_that_is_missing_is_malformed(search: HttpClient) -> None:
    answer = search.get(f"{BASE}/nph-im?ds=asky&scan=1&name=x.fits")
    assert (answer.status, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("day", [Behaviour.NORMAL, Behaviour.DOWN])
def test_a_name_is_resolved_or_the_error_says_whether_to_try_again(day: Behaviour) -> None:
    with FakeResolvers() as services:
        services.behaviours = dict.fromkeys(services.behaviours, day)
        dependencies = make_dependencies(name_resolver=lambda: fake_resolver(services))
        if day is Behaviour.NORMAL:
            assert image_inventory.resolve_name(dependencies, "m83").ra == pytest.approx(204.254, abs=1e-3)
        with pytest.raises(MalformedRequest if day is Behaviour.NORMAL else Transient):
            image_inventory.resolve_name(dependencies, "no such object")
