"""Pixels: stars where they are, the same in all bands; files of the Atlas's form and size."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from local.allwise.pixels import coverage, fits_file, intensity, uncertainty
from local.allwise.tiles import TILES, Tile

SMALL = Tile(314.3, 77.6, pixels=128)
STAR = SkyCoord(314.30417, 77.595559, unit="deg")


@pytest.mark.parametrize("band", [1, 4])
def test_the_star_is_where_astropy_has_it(band: int) -> None:
    with fits.open(io.BytesIO(fits_file(SMALL, band, "int"))) as hdus, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x, y = WCS(hdus[0].header).world_to_pixel(STAR)
        row, column = np.unravel_index(np.argmax(hdus[0].data), hdus[0].data.shape)
    assert abs(float(x) - column) <= 2
    assert abs(float(y) - row) <= 2


def test_an_image_is_the_same_each_time_and_differs_from_the_others() -> None:
    assert fits_file(SMALL, 1, "int") == fits_file(SMALL, 1, "int")
    assert not np.array_equal(intensity(SMALL, 1), intensity(SMALL, 2))


def test_uncertainty_and_coverage_are_of_the_same_grid() -> None:
    assert uncertainty(SMALL, 2).shape == coverage(SMALL, 2).shape == (128, 128)
    assert float(uncertainty(SMALL, 2).min()) > 0
    assert set(np.unique(coverage(TILES[0], 1))) == {float(frames) for frames in range(16, 24)}


def test_a_file_is_whole_blocks_of_floats() -> None:
    body = fits_file(SMALL, 3, "cov")
    assert len(body) == 5760 + -(-128 * 128 * 4 // 2880) * 2880
