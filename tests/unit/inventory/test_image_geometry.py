"""Corners of images as their headers place them, beside astropy's WCS."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from collections.abc import Mapping

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.errors import SourceDiffers
from skybatch.fits.header import Header
from skybatch.fits.stored_file import read_stored_header
from skybatch.inventory.image_geometry import ImageGeometry
from tests.support.images.fits_files import PIXEL_DEGREES, CardValue, make_image
from tests.support.survey.sample_archive import MadeArchive

PLACES = [(180.0, 20.0, 0.0), (0.0001, -0.01, 0.03), (359.9, 89.9, -170.0), (12.0, -60.0, 45.0)]


def image(ra: float, dec: float, rotation: float, **cards: CardValue | None) -> bytes:
    return make_image(ra, dec, nx=40, ny=60, rotation=rotation, cards=cards)


def header(cards: Mapping[str, CardValue | None]) -> Header:
    return read_stored_header(image(180.0, 20.0, 0.0, **cards))


def geometry(stored: bytes) -> ImageGeometry:
    return ImageGeometry.of_header(read_stored_header(stored))


def astropys_shift(one: bytes, other: bytes) -> float:
    corners = []
    for stored in (one, other):
        with fits.open(io.BytesIO(stored)) as hdus:
            nx, ny = hdus[0].header["NAXIS1"], hdus[0].header["NAXIS2"]
            x, y = [0.5, 0.5, nx + 0.5, nx + 0.5], [0.5, ny + 0.5, 0.5, ny + 0.5]
            corners.append(SkyCoord(*WCS(hdus[0].header).all_pix2world(x, y, 1), unit="deg"))
    return float(np.max(corners[0].separation(corners[1]).deg) / PIXEL_DEGREES)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("east", "north", "turn"), [(0.3, 0.0, 0.0), (0.0, 5.0, 0.0), (1.0, -1.0, 3.0)])
def test_shifts_are_those_of_astropy(
    place: tuple[float, float, float], east: float, north: float, turn: float
) -> None:
    """Of images moved by pixels east and north, and turned by degrees."""
    ra, dec, rotation = place
    moved_ra = (ra + east * PIXEL_DEGREES / math.cos(math.radians(dec))) % 360.0
    one = image(ra, dec, rotation)
    other = image(moved_ra, dec + north * PIXEL_DEGREES, rotation + turn)
    shift = geometry(one).largest_corner_shift(geometry(other))
    assert shift == pytest.approx(astropys_shift(one, other), rel=1e-4, abs=1e-5)


def test_another_size_is_another_place() -> None:
    assert geometry(image(1.0, 2.0, 3.0)).largest_corner_shift(
        geometry(make_image(1.0, 2.0, nx=40, ny=61, rotation=3.0))
    ) == pytest.approx(0.5, abs=0.01)


def test_the_same_place_written_otherwise_is_the_same() -> None:
    known = geometry(image(0.0, 20.0, 0.0))
    known.check(read_stored_header(image(360.0, 20.0, 0.0)))
    known.check(read_stored_header(image(0.0, 20.0, 0.0, CROTA2=None)))
    known.check(read_stored_header(image(0.0, 20.0, 360.0)))


@pytest.mark.parametrize("rounding", [0.0, 0.4 * PIXEL_DEGREES])
def test_rounded_metadata_is_the_same_image(rounding: float) -> None:
    geometry(image(180.0, 20.0, 0.0)).check(read_stored_header(image(180.0, 20.0 + rounding, 0.0)))


@pytest.mark.parametrize(
    "cards",
    [
        {"CRVAL2": 20.0 + 0.6 * PIXEL_DEGREES},
        {"CRVAL1": 181.0},
        {"CROTA2": 2.0},
        {"CDELT1": PIXEL_DEGREES},
        {"CRPIX1": 19.0},
        {"CRVAL1": None},
        {"CDELT2": "one"},
        {"CTYPE1": "GLON-SIN"},
        {"CTYPE2": None},
        {"EQUINOX": 1950.0},
        {"CDELT1": -40.0},
        {"CDELT1": "-1.0E300"},
    ],
    ids=str,
)
def test_an_image_of_another_place_differs(cards: Mapping[str, CardValue | None]) -> None:
    known = geometry(image(180.0, 20.0, 0.0))
    with pytest.raises(SourceDiffers):
        known.check(header(cards))


def test_image_sets_give_what_their_images_say() -> None:
    made = MadeArchive(centres=[(180.0, 20.0), (10.0, -89.9)])
    sets = made.open("asky", None).details([0, 1])
    for i, known in enumerate(ImageGeometry.of_sets(sets)):
        known.check(read_stored_header(made.plain[made.key(int(sets.scan[i]) - 1, "h")]))
    with pytest.raises(SourceDiffers):
        known.check(read_stored_header(made.plain[made.key(int(sets.scan[0]) - 1, "h")]))


def test_no_numpy_is_needed_to_compare() -> None:
    code = "import sys, skybatch.inventory.image_geometry; print('numpy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
