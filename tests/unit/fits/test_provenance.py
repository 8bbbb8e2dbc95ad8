"""Provenance cards as astropy reads them."""

from __future__ import annotations

import pytest
from astropy.io import fits

from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import KEYWORDS, Origin
from skybatch.version import VERSION

BOX = PixelBox(30, 40, 20, 10)


def test_cards_say_image_pixels_and_service() -> None:
    header = fits.Header.fromstring(Origin("made.fits.gz").cards(BOX))
    assert [header[keyword] for keyword in KEYWORDS] == [
        "made.fits.gz",
        "[31:50,41:50]",
        f"skybatch {VERSION}",
    ]
    assert all(header.comments[keyword] for keyword in KEYWORDS)


def test_the_section_is_one_that_astropy_cuts_alike() -> None:
    """Image sections count from 1, ends included, as cfitsio's do."""
    header = fits.Header.fromstring(Origin("made.fits").cards(BOX))
    columns, rows = (
        tuple(map(int, part.split(":"))) for part in str(header["CUTPIX"]).strip("[]").split(",")
    )
    assert (columns[0] - 1, columns[1] - columns[0] + 1) == (BOX.x0, BOX.nx)
    assert (rows[0] - 1, rows[1] - rows[0] + 1) == (BOX.y0, BOX.ny)


@pytest.mark.parametrize(("length", "count"), [(10, 3), (68, 3), (69, 4), (200, 5)])
def test_only_long_names_take_more_than_three_cards(length: int, count: int) -> None:
    cards = Origin("x" * length).cards(BOX)
    assert len(cards) == 80 * count
    assert fits.Header.fromstring(cards)["CUTFILE"] == "x" * length
