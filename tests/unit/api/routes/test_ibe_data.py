"""``/ibe/data``: stored images, cutouts and folders; astropy reads the images."""

from __future__ import annotations

import gzip
import io

import pytest
from astropy.io import fits

from tests.support.servers.http import HttpClient
from tests.support.survey.sample_archive import MadeArchive
from tests.unit.api.conftest import CENTER

AROUND = f"center={CENTER[0]},{CENTER[1]}&size=1arcmin"


@pytest.fixture
def image(sample: MadeArchive) -> str:
    return f"/ibe/data/{sample.key(0, 'j')}"


def test_a_cutout_is_plain_or_compressed_as_asked(search: HttpClient, image: str) -> None:
    plain = search.get(f"{image}?{AROUND}&gzip=0")
    packed = search.get(f"{image}?{AROUND}")
    assert (plain.media_type, packed.media_type) == ("image/fits", "application/x-gzip")
    assert gzip.decompress(packed.body) == plain.body
    with fits.open(io.BytesIO(plain.body)) as hdus:
        assert hdus[0].data.shape == (60, 60)


def test_a_whole_image_is_restored_where_it_is_asked_for_plain(
    search: HttpClient, image: str, sample: MadeArchive
) -> None:
    answer = search.get(f"{image}?gzip=false")
    assert answer.body == sample.plain[sample.key(0, "j")]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("twomass/", "allsky"),
        ("2mass/", "allsky"),
        ("twomass/allsky/allsky/990101n/s001/image/", "ji0010009.fits"),
    ],
)
def test_a_folder_is_a_page_that_links_to_what_it_holds(search: HttpClient, path: str, name: str) -> None:
    answer = search.get(f"/ibe/data/{path}")
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert name in answer.body.decode()


@pytest.mark.parametrize(
    "path",
    [
        "twomass/nowhere/", "inventory/", "twomass/allsky/allsky/x.fits", "\x00", "%00", "twomass/\x00.fits",
        "/", "//", "twomass//", "..", "../", "twomass/../", "twomass/../x.fits", "..%2f", "%2e%2e/", "a\nb",
        "x/../twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz",
        "twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz\n",
        "twomass/allsky/allsky/990101n/s009/image/ji0090009.fits.gz?gzip=0",
        "twomass/allsky/allsky/990101n/s009/image/ji0090009.fits.gz",
        "twomass/allsky/allsky/990101n/s009/quicklook/ji0090009.fits.H?gzip=0",
    ],
)  # fmt: skip
def test_what_is_no_image_and_no_folder_is_not_found(search: HttpClient, path: str) -> None:
    assert search.get(f"/ibe/data/{path}").status == 404


def test_a_size_that_cannot_be_read_is_malformed(search: HttpClient, image: str) -> None:
    answer = search.get(f"{image}?center={CENTER[0]},{CENTER[1]}&size=large")
    assert (answer.status, answer.json()["code"]) == (400, "malformed")
