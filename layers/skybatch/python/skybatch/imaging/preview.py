"""Previews: small PNG pictures of images, north up and east left.

Grey ones are stretched by asinh between two percentiles; those of three bands are combined to colour. Pixels
without data (NaN, BLANK, what a survey says) have a colour of their own. They are for looking at, not for
measurements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDiffers
from skybatch.fits.hdus.hdu_choice import FIRST_IMAGE, HduChoice
from skybatch.fits.header import Header
from skybatch.imaging.image_place import ImagePlace, number_of, place_if_known, turning_matrix
from skybatch.imaging.png import write_png
from skybatch.imaging.resampling import Pixels, block_mean, rotate_north_up
from skybatch.imaging.stretch import (
    DEFAULT_STRETCH,
    NO_DATA,
    Stretch,
    lupton_rgb,
    sky_noise,
    stretch_grey,
    with_no_data,
)
from skybatch.imaging.whole_image import read_pixels

LONGEST_SIDE = 256
"""Pixels along a preview's longer side, at most (before it is turned north up)."""
ZERO_POINT = "MAGZP"  # keyword of the magnitude of one count
STRETCH = 12.0
"""Lupton's stretch, in units of the noise of the mean of the bands."""
ALIKE_PIXELS = 1.0
"""How far the corners of bands may lie apart that are combined to colour, in pixels."""


@dataclass(frozen=True)
class PixelReading:
    """What must be known of a file besides its header: the HDU of the image, and values without data."""

    hdu: HduChoice = FIRST_IMAGE
    no_data: tuple[float, ...] = ()


DEFAULT_READING = PixelReading()


@dataclass(frozen=True)
class ScaledImage:
    """An image averaged down and north up: (rows, columns) from the top, NaN where it has no data.

    ``zero_point`` is the magnitude of one count (MAGZP), None where the header has none. ``sides`` are the
    columns and rows of the image itself, ``place`` where it lies, None where its header does not tell.
    """

    pixels: Pixels
    zero_point: float | None
    sides: tuple[int, int]
    place: ImagePlace | None


def grey_preview(
    image: bytes,
    stretch: Stretch = DEFAULT_STRETCH,
    longest: int = LONGEST_SIDE,
    reading: PixelReading = DEFAULT_READING,
) -> bytes:
    """Return the preview of one image, gzip or plain FITS, as PNG of at most ``longest`` pixels a side.

    Raises SourceDamaged, SourceUnsupported.
    """
    pixels = scaled_image(image, longest, reading=reading).pixels
    return write_png(stretch_grey(pixels, stretch), _comment(np.isfinite(pixels)))


def colour_preview(
    blue: bytes,
    green: bytes,
    red: bytes,
    *,
    longest: int = LONGEST_SIDE,
    reference: int = 1,
    zero_point: str = ZERO_POINT,
    reading: PixelReading = DEFAULT_READING,
) -> bytes:
    """Return the preview of three bands of the same pixels as PNG, such as J, H and Ks.

    ``reference`` is the place among the three of the band on whose zero point, which the keyword
    ``zero_point`` has, the others are put.

    Raises SourceDiffers where they are not of the same pixels, and what ``grey_preview`` raises.
    """
    images = [scaled_image(image, longest, zero_point, reading) for image in (blue, green, red)]
    shown = combine_colour(*images, reference=reference)
    has_data = np.logical_and.reduce([np.isfinite(image.pixels) for image in images])
    return write_png(shown, _comment(has_data))


def _comment(has_data: NDArray[np.bool_]) -> str:
    """Say how much of a picture has no data; nothing where all has some."""
    if has_data.all():
        return ""
    colour = "#" + bytes(NO_DATA).hex()
    return f"{100.0 * (1.0 - has_data.mean()):.3g} % of the picture has no data and is drawn in {colour}."


def scaled_image(
    image: bytes,
    longest: int = LONGEST_SIDE,
    zero_point: str = ZERO_POINT,
    reading: PixelReading = DEFAULT_READING,
) -> ScaledImage:
    """Average an image down and turn it north up.

    Raises SourceDamaged, SourceUnsupported.
    """
    header, data = read_pixels(image, reading.hdu)
    dtype = f">{'i' if header.bitpix > 0 else 'f'}{abs(header.bitpix) // 8}".replace(">i1", "u1")
    stored = np.frombuffer(data, dtype, header.naxis1 * header.naxis2)
    pixels = _physical(header, stored).reshape(header.naxis2, header.naxis1)
    if header.bitpix > 0 and (blank := header.blank) is not None:
        pixels[stored.reshape(pixels.shape) == blank] = np.nan
    # A Quicklook keeps no mask: blank pixels are 0.
    for value in (*reading.no_data, *((0.0,) if header.get("LOSSY") is not None else ())):
        pixels[pixels == np.float32(value)] = np.nan
    place = place_if_known(header)
    return ScaledImage(
        rotate_north_up(block_mean(pixels, longest), turning_matrix(header, place)),
        number_of(header, zero_point, None) if zero_point else None,
        (header.naxis1, header.naxis2),
        place,
    )


def _physical(header: Header, stored: NDArray[Any]) -> Pixels:
    """Return the values that stored pixels stand for, BZERO + BSCALE x stored (FITS standard, 4.4.2.5)."""
    zero, scale = number_of(header, "BZERO", 0.0) or 0.0, number_of(header, "BSCALE", 1.0) or 1.0
    with np.errstate(over="ignore", invalid="ignore"):  # what 32 bits cannot hold is infinite: no data
        if (zero, scale) == (0.0, 1.0):
            return stored.astype(np.float32)
        return (zero + scale * stored.astype(np.float64)).astype(np.float32)


def combine_colour(
    blue: ScaledImage, green: ScaledImage, red: ScaledImage, *, reference: int = 1
) -> NDArray[np.uint8]:
    """Return red, green and blue: the sky subtracted, the bands on the flux scale of the reference.

    Where one of them has no zero point, all are put on a scale of equal noise of the sky. A pixel that has no
    data in one band has none in the picture.

    Raises SourceDiffers where the images are not of the same pixels.
    """
    for other in (green, red):
        _check_alike(blue, other)
    bands = np.stack(_fluxes([red, green, blue], 2 - reference), axis=-1)
    with np.errstate(over="ignore", invalid="ignore"):
        noise = sky_noise(bands.mean(axis=-1))
        shown = lupton_rgb(bands + np.float32(noise), STRETCH * noise)  # one sigma below the sky is black
    return with_no_data(shown, np.asarray(np.isfinite(bands).all(axis=-1)))


def _check_alike(one: ScaledImage, other: ScaledImage) -> None:
    """Raise SourceDiffers where two images are of unlike sizes, or a corner lies on another place."""
    if one.sides != other.sides:
        raise SourceDiffers(
            f"the bands are of unlike sizes, {one.sides[0]} x {one.sides[1]} and {other.sides[0]} x "
            f"{other.sides[1]} pixels"
        )
    if one.pixels.shape != other.pixels.shape:
        raise SourceDiffers("the bands are turned differently on the sky")
    if one.place is None or other.place is None:
        return
    apart = one.place.largest_corner_shift(other.place)
    if apart > ALIKE_PIXELS:
        raise SourceDiffers(f"the bands are of unlike pixels: a corner of them is {apart:,.1f} pixels apart")


def _fluxes(images: list[ScaledImage], reference: int) -> list[Pixels]:
    """Return counts above the sky, in those of the image that is the reference; or of equal noise."""
    above = [image.pixels - np.float32(_median(image.pixels)) for image in images]
    points = [image.zero_point for image in images]
    known = [point for point in points if point is not None]
    if len(known) < len(points):
        return [flux / np.float32(sky_noise(flux)) for flux in above]
    scales = [np.float32(10 ** (0.4 * (known[reference] - point))) for point in known]
    return [flux * scale for flux, scale in zip(above, scales, strict=True)]


def _median(pixels: Pixels) -> float:
    finite = pixels[np.isfinite(pixels)]
    return float(np.median(finite)) if finite.size else 0.0
