"""Headers are two blocks of the Atlas's key words, in both forms of coordinates."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from local.allwise.header import HEADER_BYTES, header
from local.allwise.tiles import PIXEL, TILES, Tile


def read(tile: Tile, band: int = 1, product: str = "int") -> fits.Header:
    return fits.Header.fromstring(header(tile, band, product).decode())


@pytest.mark.parametrize("tile", TILES)
def test_astropy_reads_the_coordinates(tile: Tile) -> None:
    assert len(header(tile, 3, "int")) == HEADER_BYTES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wcs = WCS(read(tile))
    np.testing.assert_allclose(wcs.pixel_scale_matrix, [[-PIXEL, 0], [0, PIXEL]], atol=1e-18)
    assert tuple(wcs.wcs.crval) == (tile.ra, tile.dec)
    assert wcs.wcs.ctype[0] == "RA---SIN"
    assert ("CD1_1" in read(tile)) == tile.matrix != ("CROTA2" in read(tile))


def test_identity_and_calibration_stand_in_the_header() -> None:
    said = read(TILES[0], 4, "unc")
    assert (said["COADDID"], said["BAND"], said["MAGZP"]) == ("3142p775_ac51", 4, 13.0)
    assert "RADESYS" not in said
