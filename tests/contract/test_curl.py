"""curl, with each form in which cutouts are written by hand; astropy judges the pixels and coordinates."""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.nddata import Cutout2D
from astropy.wcs import WCS

from local.stack import Stack
from tests.contract.addresses import DEC, IMAGE, IMAGE_PARTS, RA, first_hdu

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]
STAR = SkyCoord(RA, DEC, unit="deg")


def curl(*words: str) -> bytes:
    return subprocess.run(["curl", "-sS", "-L", *words], capture_output=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def parent(stack: Stack) -> Any:
    return first_hdu(curl(stack.url + IMAGE))


SIZES = {
    "0.01": 36,
    "0.01deg": 36,
    "0.01degree": 36,
    "0.6arcmin": 36,
    "0.6arcminutes": 36,
    "0.6'": 36,
    "36arcsec": 36,
    "36asec": 36,
    '36"': 36,
    f"{math.radians(0.01):.12f}rad": 36,
    f"{math.radians(0.01):.12f}radians": 36,
    "36px": 36,
    "36pix": 36,
    "36pixels": 36,
}


@pytest.mark.parametrize("size", SIZES)
def test_sizes_in_every_unit(stack: Stack, parent: Any, size: str) -> None:
    body = curl("-G", stack.url + IMAGE, "-d", f"center={RA},{DEC}", "--data-urlencode", f"size={size}")
    cut = first_hdu(body)
    expected = Cutout2D(parent.data, STAR, (SIZES[size], SIZES[size]), WCS(parent.header), mode="trim")
    assert cut.data.shape == expected.data.shape
    offset = _offset(cut, parent)
    assert (
        max(abs(offset[0] - expected.origin_original[0]), abs(offset[1] - expected.origin_original[1])) <= 1
    )
    assert_same_pixels(cut, parent)


@pytest.mark.parametrize(
    ("center", "size", "shape"),
    [
        ("100,200px", "20,30px", (30, 20)),
        ("100,200pix", "20px", (20, 20)),
        ("1,1pixels", "20px", (10, 10)),
        ("100.5,200.5px", "20arcsec", (20, 20)),
        (f"{math.radians(RA):.12f},{math.radians(DEC):.12f}rad", "20,10px", (10, 20)),
        (f"{RA},{DEC}deg", "0.01,0.02", (72, 36)),
    ],
)
def test_centers_in_pixels_and_angles(
    stack: Stack, parent: Any, center: str, size: str, shape: tuple[int, int]
) -> None:
    cut = first_hdu(curl(f"{stack.url}{IMAGE}?center={center}&size={size}&gzip=0"))
    assert cut.data.shape == shape
    assert_same_pixels(cut, parent)


@pytest.mark.parametrize("word", ["0", "off", "f", "false", "n", "no"])
def test_gzip_can_be_left_out(stack: Stack, word: str) -> None:
    address = f"{stack.url}{IMAGE}?center={RA},{DEC}&size=20px&gzip={word}"
    assert curl(address).startswith(b"SIMPLE  =")


@pytest.mark.parametrize("word", ["", "1", "on", "t", "true", "y", "yes"])
def test_gzip_is_the_default(stack: Stack, word: str) -> None:
    address = f"{stack.url}{IMAGE}?center={RA},{DEC}&size=20px&gzip={word}"
    assert curl(address).startswith(b"\x1f\x8b")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("center=1,1&size=20px", "400"),  # misses the image; the original answers 500
        ("center=100,100px&size=0", "400"),
        ("center=100,100px&size=-3px", "400"),
        ("center=100,100px&size=3parsec", "400"),
        ("center=100,100px&size=3px&gzip=maybe", "400"),
        ("center=100&size=3px", "400"),
        ("center=100,100px", "400"),
        ("center=400,95&size=3px", "400"),
    ],
)
def test_what_cannot_be_cut_is_said(stack: Stack, query: str, status: str) -> None:
    assert curl("-o", "/dev/null", "-w", "%{http_code}", f"{stack.url}{IMAGE}?{query}").decode() == status


def test_an_image_that_is_not_there(stack: Stack) -> None:
    address = stack.url + IMAGE.replace("0209", "0999")
    for query in ("", "?center=1,1px&size=3px"):
        assert curl("-o", "/dev/null", "-w", "%{http_code}", address + query) == b"404"


def test_a_head_answers_with_the_length(stack: Stack) -> None:
    headers = curl("-I", stack.url + IMAGE).decode().lower()
    size = next((stack.archive / "twomass").rglob("ki0310209.fits.gz")).stat().st_size
    assert f"content-length: {size}" in headers


def _offset(cut: Any, parent: Any) -> tuple[float, float]:
    return (
        parent.header["CRPIX1"] - cut.header["CRPIX1"],
        parent.header["CRPIX2"] - cut.header["CRPIX2"],
    )


def assert_same_pixels(cut: Any, parent: Any) -> None:
    """The cutout's pixels are the parent's at the place its header claims."""
    x0, y0 = (int(value) for value in _offset(cut, parent))
    rows, columns = cut.data.shape
    np.testing.assert_array_equal(cut.data, parent.data[y0 : y0 + rows, x0 : x0 + columns])


def test_a_file_by_its_parts_needs_no_redirect(stack: Stack, tmp_path: Path) -> None:
    image = f"{stack.url}/cgi-bin/2MASS/IM/nph-im?{IMAGE_PARTS}"
    subprocess.run(["curl", "-sS", "--output", tmp_path / "a.fits.gz", image], check=True, timeout=60)
    assert (tmp_path / "a.fits.gz").read_bytes() == curl(stack.url + IMAGE)


def test_a_stored_file_is_saved_under_its_own_name(stack: Stack, tmp_path: Path) -> None:
    words = ["curl", "-sSLOJ", "-w", "%{content_type}", stack.url + IMAGE]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "application/x-gzip"
    assert [file.name for file in tmp_path.iterdir()] == [IMAGE.rsplit("/", 1)[-1]]
