"""The parameters of SODA along the axes of an image: BAND, TIME, and pixels.

An image is of one band and one night: an interval of BAND or TIME (SODA 1.0, sections 3.3.5 and 3.3.6) holds
all of it or nothing. ``PIXELS_1`` and ``PIXELS_2`` are intervals of FITS pixels along an axis, ends included,
as DaCHS services have them; ``PIXELS`` is both at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from skybatch.fits.pixel_box import PixelBox
from skybatch.surveys.description.images import Band
from skybatch.vo.parameters import Interval, Parameters, interval, refused

Night = tuple[float, float]
INTERVALS = ("band", "time")
PIXELS = ("pixels", "pixels_1", "pixels_2")


def holds(parameters: Parameters, band: Band, night: Callable[[], Night | None]) -> bool:
    """Return whether BAND and TIME hold an image of a band and its night (MJD), None where that is unknown.

    A band whose wavelengths are not known is in no interval.

    Raises MalformedRequest.
    """
    wavelength, time = (_interval(parameters, name) for name in INTERVALS)
    if wavelength is not None and (band.wave is None or not wavelength.meets(*band.wave[1:])):
        return False
    if time is None:
        return True
    taken = night()
    return taken is not None and time.meets(*taken)


def requested_pixels(parameters: Parameters) -> tuple[Interval, Interval] | None:
    """Return the pixels wanted along both axes, None where none are named. Raises MalformedRequest."""
    both = _single(parameters, "pixels")
    axes = [_single(parameters, f"pixels_{axis}") for axis in (1, 2)]
    if both and any(axes):
        raise refused("PIXELS", both, "is both PIXELS_1 and PIXELS_2: give either")
    if both:
        words = both.split()
        if len(words) != 4:
            raise refused("PIXELS", both, "must be four numbers: first and last pixel along each axis")
        return _pixels("PIXELS", " ".join(words[:2])), _pixels("PIXELS", " ".join(words[2:]))
    if not any(axes):
        return None
    first, second = (_pixels(f"PIXELS_{axis}", text or "-Inf +Inf") for axis, text in enumerate(axes, 1))
    return first, second


def cut(box: PixelBox, pixels: tuple[Interval, Interval], naxis1: int, naxis2: int) -> PixelBox | None:
    """Return what a box and ranges of pixels share, None where that is nothing."""
    along_x, along_y = _clipped(pixels[0], naxis1), _clipped(pixels[1], naxis2)
    if along_x is None or along_y is None:
        return None
    (x0, nx), (y0, ny) = along_x, along_y
    left, bottom = max(box.x0, x0), max(box.y0, y0)
    width = min(box.x0 + box.nx, x0 + nx) - left
    height = min(box.y0 + box.ny, y0 + ny) - bottom
    return PixelBox(left, bottom, width, height) if width > 0 and height > 0 else None


def _clipped(pixels: Interval, length: int) -> tuple[int, int] | None:
    """Return first pixel, from 0, and number of those of an axis that are wanted; None for none."""
    first, last = max(pixels.first, 1.0), min(pixels.last, float(length))
    return (int(first) - 1, int(last) - int(first) + 1) if first <= last else None


def _single(parameters: Parameters, name: str) -> str:
    texts = parameters.every(name)
    if len(texts) > 1:
        raise refused(name.upper(), texts[1], "may be given once only in a synchronous call")
    return texts[0] if texts else ""


def _interval(parameters: Parameters, name: str) -> Interval | None:
    text = _single(parameters, name)
    return interval(name.upper(), text) if text else None


def _pixels(name: str, text: str) -> Interval:
    found = interval(name, text)
    if len(text.split()) == 2 and all(math.isinf(end) or end.is_integer() for end in found):
        return found
    raise refused(name, text, "must be two whole numbers of pixels")
