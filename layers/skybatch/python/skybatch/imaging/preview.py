"""Previews: small PNG pictures of images, north up and east left.

Grey ones are stretched by asinh between two percentiles; those of three bands are combined to colour. They
are for looking at, not for measurements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDiffers
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.celestial_wcs import has_matrix, pixel_matrix
from skybatch.fits.header import Header
from skybatch.fits.stored_file import decompress_untiled, read_stored_header
from skybatch.imaging.png import write_png
from skybatch.imaging.resampling import Pixels, block_mean, rotate_north_up
from skybatch.imaging.stretch import DEFAULT_STRETCH, Stretch, lupton_rgb, sky_noise, stretch_grey

LONGEST_SIDE = 256
"""Pixels along a preview's longer side, at most (before it is turned north up)."""
ZERO_POINT = "MAGZP"  # keyword of the magnitude of one count
STRETCH = 12.0
"""Lupton's stretch, in units of the noise of the mean of the bands."""


@dataclass(frozen=True)
class ScaledImage:
    """An image averaged down and north up: (rows, columns) from the top, NaN where it has no pixels.

    ``zero_point`` is the magnitude of one count (MAGZP), None where the header has none.
    """

    pixels: Pixels
    zero_point: float | None


def grey_preview(image: bytes, stretch: Stretch = DEFAULT_STRETCH, longest: int = LONGEST_SIDE) -> bytes:
    """Return the preview of one image, gzip or plain FITS, as PNG of at most ``longest`` pixels a side.

    Raises SourceDamaged, SourceUnsupported.
    """
    return write_png(stretch_grey(scaled_image(image, longest).pixels, stretch))


def colour_preview(
    blue: bytes,
    green: bytes,
    red: bytes,
    *,
    longest: int = LONGEST_SIDE,
    reference: int = 1,
    zero_point: str = ZERO_POINT,
) -> bytes:
    """Return the preview of three bands of the same pixels as PNG, such as J, H and Ks.

    ``reference`` is the place among the three of the band on whose zero point, which the keyword
    ``zero_point`` has, the others are put.

    Raises SourceDiffers where they are not of one size, and what ``grey_preview`` raises.
    """
    images = (scaled_image(image, longest, zero_point) for image in (blue, green, red))
    return write_png(combine_colour(*images, reference=reference))


def scaled_image(image: bytes, longest: int = LONGEST_SIDE, zero_point: str = ZERO_POINT) -> ScaledImage:
    """Average an image down and turn it north up.

    Raises SourceDamaged, SourceUnsupported.
    """
    header = read_stored_header(image)
    data = decompress_untiled(image)
    dtype = f">{'i' if header.bitpix > 0 else 'f'}{abs(header.bitpix) // 8}".replace(">i1", "u1")
    stored = np.frombuffer(data, dtype, header.naxis1 * header.naxis2, header.blocks * BLOCK_BYTES)
    pixels = _physical(header, stored).reshape(header.naxis2, header.naxis1)
    if header.bitpix > 0 and (blank := header.blank) is not None:
        pixels[stored.reshape(pixels.shape) == blank] = np.nan
    if header.get("LOSSY") is not None:
        pixels[pixels == 0] = np.nan  # a Quicklook keeps no mask: blank pixels are 0
    magnitude = _number(header, zero_point, None) if zero_point else None
    return ScaledImage(rotate_north_up(block_mean(pixels, longest), _pixel_matrix(header)), magnitude)


def _physical(header: Header, stored: NDArray[Any]) -> Pixels:
    """Return the values that stored pixels stand for, BZERO + BSCALE x stored (FITS standard, 4.4.2.5)."""
    zero, scale = _number(header, "BZERO", 0.0) or 0.0, _number(header, "BSCALE", 1.0) or 1.0
    if (zero, scale) == (0.0, 1.0):
        return stored.astype(np.float32)
    return (zero + scale * stored.astype(np.float64)).astype(np.float32)


def _number(header: Header, keyword: str, default: float | None) -> float | None:
    found = header.get(keyword)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else default


def _pixel_matrix(header: Header) -> NDArray[np.float64]:
    """Return the matrix from (column, row) steps to (east, north) steps, in degrees (FITS standard, 8.3)."""
    if has_matrix(header):
        scale1, scale2, turned, skew = pixel_matrix(header)
        turn = np.radians(turned)
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return np.asarray(rotation @ np.array([[scale1, skew], [0.0, scale2]]))
    scale1, scale2 = (_number(header, f"CDELT{axis}", None) or step for axis, step in ((1, -1.0), (2, 1.0)))
    turn = np.radians(_number(header, "CROTA2", 0.0) or 0.0)
    cosine, sine = np.cos(turn), np.sin(turn)
    return np.array([[scale1 * cosine, -scale2 * sine], [scale1 * sine, scale2 * cosine]])


def combine_colour(
    blue: ScaledImage, green: ScaledImage, red: ScaledImage, *, reference: int = 1
) -> NDArray[np.uint8]:
    """Return red, green and blue: the sky subtracted, the bands on the flux scale of the reference.

    Raises SourceDiffers where the images are not of one size.
    """
    if not blue.pixels.shape == green.pixels.shape == red.pixels.shape:
        raise SourceDiffers("the three bands are not images of the same pixels")
    zero_point = (blue, green, red)[reference].zero_point
    bands = np.stack([_flux(image, zero_point) for image in (red, green, blue)], axis=-1)
    noise = sky_noise(bands.mean(axis=-1))
    return lupton_rgb(bands + np.float32(noise), STRETCH * noise)  # one sigma below the sky is black


def _flux(image: ScaledImage, reference: float | None) -> Pixels:
    """Return counts above the sky, in counts of the band of the ``reference`` zero point."""
    finite = image.pixels[np.isfinite(image.pixels)]
    sky = np.float32(np.median(finite)) if finite.size else np.float32(0)
    if image.zero_point is None or reference is None:
        return image.pixels - sky
    return (image.pixels - sky) * np.float32(10 ** (0.4 * (reference - image.zero_point)))
