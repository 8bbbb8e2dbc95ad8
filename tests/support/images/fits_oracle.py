"""What astropy and cfitsio make of images and their sections: what our cutouts are held against."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning
from numpy.typing import NDArray

from skybatch.fits.pixel_box import PixelBox

CHANGED = ("NAXIS1", "NAXIS2", "CRPIX1", "CRPIX2")
COORDINATES = (
    "CTYPE1",
    "CTYPE2",
    "CRPIX1",
    "CRPIX2",
    "CRVAL1",
    "CRVAL2",
    "CROTA2",
    "CDELT1",
    "CDELT2",
    "EQUINOX",
)
ADDED = ("CUTFILE", "CUTPIX", "CUTBY")


def opened(plain: bytes, verify: bool = True) -> Any:
    """The only HDU of a plain FITS file, verified; pixels as stored, unscaled."""
    hdus = fits.open(io.BytesIO(plain), do_not_scale_image_data=True)
    if verify:
        hdus.verify("exception")
    (hdu,) = hdus
    return hdu


def cards(plain: bytes) -> list[bytes]:
    """Header cards before END, as the bytes they are."""
    found: list[bytes] = []
    while (card := plain[80 * len(found) : 80 * len(found) + 80]) != b"END".ljust(80):
        found.append(card)
    return found


def wcs(hdu: Any) -> WCS:
    """The celestial coordinates of an image (only their cards are handed on: the others cost time)."""
    header = fits.Header([card for card in hdu.header.cards if card.keyword in COORDINATES])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FITSFixedWarning)
        return WCS(header)


def unit_vectors(system: WCS, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions of 1-based pixel positions, shape (n, 3): no trouble at poles or RA 0."""
    ra, dec = np.radians(system.all_pix2world(x, y, 1))
    return np.stack((np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)), axis=1)


def assert_same_pixels(cutout: Any, parent: Any, box: PixelBox) -> None:
    """Bit for bit, so NaNs must stand in their places too."""
    expected = parent.data[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]
    assert cutout.data.dtype == expected.dtype
    assert cutout.data.shape == (box.ny, box.nx)
    assert cutout.data.tobytes() == expected.tobytes()


def assert_same_sky(cutout: WCS, parent: WCS, box: PixelBox) -> None:
    """Corners and centre of a cutout where they were, to 1e-6 arcsec."""
    x, y = np.array([1, box.nx, 1, box.nx, box.nx / 2]), np.array([1, 1, box.ny, box.ny, box.ny / 2])
    apart = unit_vectors(cutout, x, y) - unit_vectors(parent, x + box.x0, y + box.y0)
    assert np.degrees(np.abs(apart)).max() * 3600 <= 1e-6


def assert_same_cards(cutout: bytes, parent: bytes, more: int = 0) -> None:
    """Every card of the parent byte for byte, but those that change; then ours, and ``more``."""
    before, after = cards(parent), cards(cutout)
    assert len(after) == len(before) + len(ADDED) + more
    for old, new in zip(before, after, strict=False):
        keyword = old[:8].decode().rstrip()
        assert new == old or (keyword in CHANGED and new[:10] == old[:10] and new[30:] == old[30:])
    assert [card[:8].decode().rstrip() for card in after[len(before) :]][:3] == list(ADDED)


def assert_equal_pixels(one: Any, other: Any) -> None:
    """The same values, NaNs in place; cfitsio writes NaNs with bits of its own."""
    assert one.data.dtype == other.data.dtype
    assert np.array_equal(one.data, other.data, equal_nan=one.data.dtype.kind == "f")


def fitscopy(parent: Path, box: PixelBox, target: Path) -> Any:
    """The same section cut by cfitsio's program (Debian package libcfitsio-bin), or a skip."""
    if shutil.which("fitscopy") is None:
        pytest.skip("fitscopy is not installed (package libcfitsio-bin)")
    target.unlink(missing_ok=True)
    subprocess.run(["fitscopy", f"{parent}{box.section}", str(target)], check=True, capture_output=True)
    return opened(target.read_bytes(), verify=False)
