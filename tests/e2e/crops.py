"""What a right crop is, judged by astropy and by the bytes of the image it was cut from."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales, skycoord_to_pixel
from numpy.typing import NDArray

CHANGED = ("NAXIS1", "NAXIS2", "CRPIX1", "CRPIX2")
ADDED = ("CUTFILE", "CUTPIX", "CUTBY")
WCS_TOLERANCE_ARCSEC = 1e-6
WHOLE_TOLERANCE_PIXELS = 1e-3
BLOCK, CARD = 2880, 80


@dataclass(frozen=True)
class Judge:
    """Compares crops with the image (plain FITS bytes) they were cut from."""

    parent: bytes

    @cached_property
    def data(self) -> NDArray[np.float32]:
        """The image's pixels."""
        with fits.open(io.BytesIO(self.parent)) as hdus:
            return np.array(hdus[0].data)

    @cached_property
    def wcs(self) -> WCS:
        """The image's world coordinate system."""
        return WCS(fits.Header.fromstring(self.parent))

    def check(self, crop: bytes) -> tuple[int, int, int, int]:
        """Assert that pixels, WCS and cards are the parent's; the box as x0, y0 (from 0), nx, ny."""
        with fits.open(io.BytesIO(crop)) as hdus:
            hdus.verify("exception")
            data, wcs = hdus[0].data, WCS(hdus[0].header)
        ny, nx = data.shape
        x0, y0 = self._offset(wcs)
        np.testing.assert_array_equal(data, self.data[y0 : y0 + ny, x0 : x0 + nx])
        self._check_wcs(wcs, x0, y0, nx, ny)
        assert unchanged(crop) == unchanged(self.parent)
        return x0, y0, nx, ny

    def expected_box(self, ra: float, dec: float, size: float) -> tuple[int, int, int, int]:
        """The pixels whose centres lie within ``size`` arcsec about an ICRS position, on this image."""
        x, y = skycoord_to_pixel(SkyCoord(ra * u.deg, dec * u.deg), self.wcs, origin=1)
        scale = proj_plane_pixel_scales(self.wcs) * 3600
        height, width = self.data.shape
        x0, nx = _span(float(x), size / scale[0], width)
        y0, ny = _span(float(y), size / scale[1], height)
        return x0, y0, nx, ny

    def _offset(self, wcs: WCS) -> tuple[int, int]:
        offset = self.wcs.wcs.crpix - wcs.wcs.crpix
        assert np.array_equal(offset, np.rint(offset))
        return int(offset[0]), int(offset[1])

    def _check_wcs(self, wcs: WCS, x0: int, y0: int, nx: int, ny: int) -> None:
        corners = np.array([(0, 0), (nx - 1, 0), (nx - 1, ny - 1), (0, ny - 1)])
        here = SkyCoord(*wcs.all_pix2world(corners, 0).T, unit="deg")
        there = SkyCoord(*self.wcs.all_pix2world(corners + np.array([x0, y0]), 0).T, unit="deg")
        assert here.separation(there).arcsec.max() <= WCS_TOLERANCE_ARCSEC


def _span(centre: float, size: float, naxis: int) -> tuple[int, int]:
    whole = round(size)
    if abs(size - whole) <= WHOLE_TOLERANCE_PIXELS:
        first = ceil(centre - whole / 2)
        last = first + whole - 1
    else:
        first, last = ceil(centre - size / 2), ceil(centre + size / 2) - 1
    first, last = max(first, 1), min(last, naxis)
    return first - 1, last - first + 1


def unchanged(image: bytes) -> list[bytes]:
    """The header's cards, byte for byte, but for those a crop changes or adds."""
    cards = [image[at : at + CARD] for at in range(0, len(image), CARD)]
    header = cards[: next(i for i, card in enumerate(cards) if card.startswith(b"END     "))]
    return [card for card in header if card[:8].decode().strip() not in (*CHANGED, *ADDED)]
