"""2,000 random crops of survey and synthetic images against astropy and cfitsio."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from skybatch.fits.pixel_box import PixelBox, cutout_bytes
from skybatch.fits.provenance import Origin
from skybatch.fits.stored_file import decompress_untiled, read_stored_header
from skybatch.imaging.cutout import cut
from tests.support.images import fits_oracle
from tests.support.images.fits_files import gzipped, make_image

MADE: dict[str, dict[str, Any]] = {
    "plain sky": {},
    "north pole": {"ra": 77.0, "dec": 90.0, "rotation": 12.0},
    "south pole": {"ra": 300.0, "dec": -89.999, "rotation": -33.0},
    "near the pole": {"ra": 180.0, "dec": 89.9},
    "RA 0": {"ra": 0.0001, "dec": 5.0},
    "RA 360": {"ra": 359.9999, "dec": -41.0},
    "rotated": {"rotation": 45.0},
    "upside down": {"rotation": 180.0, "dec": -20.0},
    "short frame": {"ny": 829},
    "shorter frame": {"ny": 698, "nx": 511},
    "bytes": {"bitpix": 8},
    "16 bits": {"bitpix": 16, "cards": {"BZERO": 32768.0, "BSCALE": 1.0}},
    "32 bits": {"bitpix": 32},
    "64 bits": {"bitpix": 64},
    "doubles": {"bitpix": -64, "ra": 0.0},
}
CROPS = 2000
SURVEY = 24


def boxes(image: bytes, seed: str, count: int) -> list[PixelBox]:
    """Random positions and sizes, at edges too, of one image."""
    dice, header = random.Random(seed), read_stored_header(image)
    found: list[PixelBox] = []
    while len(found) < count:
        x, y = dice.uniform(-5, header.naxis1 + 5), dice.uniform(-5, header.naxis2 + 5)
        size_x, size_y = (dice.choice([0.3, 1, 9.5, 50, 50, 50, 120, 700]) for _ in "xy")
        with suppress(ValueError):  # outside by more than half its size
            found.append(PixelBox.around(x, y, size_x, size_y, header.naxis1, header.naxis2))
    return found


def check_crops(stored: bytes, name: str, scratch: Path) -> None:
    whole, count = decompress_untiled(stored), CROPS // (SURVEY + len(MADE)) + 1
    parent, header = fits_oracle.opened(whole), read_stored_header(stored)
    sky = fits_oracle.wcs(parent)
    file = scratch / "parent.fits"
    file.write_bytes(whole)
    wanted = boxes(stored, name, count)
    cutouts = list(cut(stored, wanted, Origin(f"{name}.fits.gz")))
    assert cutouts == list(cut(whole, wanted, Origin(f"{name}.fits.gz")))
    for box, cutout in zip(wanted, cutouts, strict=True):
        assert len(cutout) == cutout_bytes(header.blocks, box, header.bitpix)
        hdu = fits_oracle.opened(cutout)
        fits_oracle.assert_same_pixels(hdu, parent, box)
        fits_oracle.assert_same_sky(fits_oracle.wcs(hdu), sky, box)
        fits_oracle.assert_same_cards(cutout, whole)
    for box, cutout in zip(wanted, cutouts, strict=True):
        ours, theirs = (
            fits_oracle.opened(cutout, verify=False),
            fits_oracle.fitscopy(file, box, scratch / "cut.fits"),
        )
        fits_oracle.assert_equal_pixels(ours, theirs)
        assert [ours.header[k] for k in fits_oracle.CHANGED] == [
            theirs.header[k] for k in fits_oracle.CHANGED
        ]


@pytest.mark.parametrize("name", MADE)
@pytest.mark.no_cover
def test_crops_of_synthetic_images(name: str, tmp_path: Path) -> None:
    check_crops(gzipped(make_image(seed=len(name), **MADE[name])), name, tmp_path)


@pytest.mark.parametrize("number", range(SURVEY))
@pytest.mark.no_cover
def test_crops_of_survey_images(number: int, survey_data: Path, tmp_path: Path) -> None:
    files = sorted((survey_data / "archive").rglob("*.fits.gz"))
    if number >= len(files):
        pytest.skip(f"only {len(files)} survey images here")
    check_crops(files[number].read_bytes(), files[number].name, tmp_path)
