"""Where one image lies on the sky, as the inventory says and as its own header says.

A plan is made from the inventory alone. Where an archive was imported from metadata tables, or an image was
replaced later, the stored file may be of another place: its pixels would be right, and of the wrong sky. So
whoever reads a header compares it with the plan. No numpy: a worker starts without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Self

from skybatch.errors import SourceDiffers

if TYPE_CHECKING:
    from skybatch.fits.header import Header
    from skybatch.inventory.image_sets import ImageSets

# Metadata tables print positions to about a tenth of a pixel and rotations to a thousandth of a degree; an
# image of another place is off by hundreds of pixels.
TOLERANCE_PIXELS = 0.5
_AXES = (("CTYPE1", "RA--"), ("CTYPE2", "DEC-"))


class ImageGeometry(NamedTuple):
    """The keywords that place an image in the SIN projection, FK5 J2000; angles in degrees."""

    naxis1: int
    naxis2: int
    crpix1: float
    crpix2: float
    cdelt1: float
    cdelt2: float
    crval1: float
    crval2: float
    crota2: float

    @classmethod
    def of_sets(cls, sets: ImageSets) -> list[Self]:
        """Return the geometry of each image set."""
        columns = [getattr(sets, name).tolist() for name in cls._fields]
        return [cls(*values) for values in zip(*columns, strict=True)]

    @classmethod
    def of_header(cls, header: Header) -> Self:
        """Read the geometry of an image from its header; CROTA2 is 0 where it is absent.

        Raises SourceDiffers where a keyword is absent, or the coordinates are not equatorial of J2000.
        """
        for keyword, axis in _AXES:
            if not str(header.get(keyword)).startswith(axis):
                raise SourceDiffers(f"its header has {keyword} = {header.get(keyword)}")
        if header.get("EQUINOX") not in (None, 2000):
            raise SourceDiffers(f"its header has coordinates of equinox {header.get('EQUINOX')}")
        numbers = [_number(header, name.upper()) for name in cls._fields[2:]]
        return cls(header.naxis1, header.naxis2, *numbers)

    def largest_corner_shift(self, other: ImageGeometry) -> float:
        """Return how far the corner that differs most lies from that of another image, in pixels of this.

        Infinite where an image reaches beyond the hemisphere that the projection shows.
        """
        pixel = math.radians(min(abs(self.cdelt1), abs(self.cdelt2)))
        try:
            pairs = zip(self._corners(), other._corners(), strict=True)
            return max(math.dist(ours, theirs) for ours, theirs in pairs) / pixel
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.inf

    def check(self, header: Header) -> None:
        """Raise SourceDiffers where a corner of the stored image is not where it should be."""
        shift = self.largest_corner_shift(ImageGeometry.of_header(header))
        if not shift <= TOLERANCE_PIXELS:
            raise SourceDiffers(
                f"the stored image is of another place: a corner lies {shift:,.1f} pixels from where the "
                "inventory has it"
            )

    def _corners(self) -> Iterator[tuple[float, float, float]]:
        """Yield unit vectors to the outer corners (Calabretta & Greisen 2002, section 5.1.5)."""
        sin_r, cos_r = _sine_and_cosine(self.crota2)
        sin_a, cos_a = _sine_and_cosine(self.crval1)
        sin_d, cos_d = _sine_and_cosine(self.crval2)
        for x in (0.5, self.naxis1 + 0.5):
            for y in (0.5, self.naxis2 + 0.5):
                right = math.radians((x - self.crpix1) * self.cdelt1)
                up = math.radians((y - self.crpix2) * self.cdelt2)
                east, north = right * cos_r - up * sin_r, right * sin_r + up * cos_r
                toward = math.sqrt(1.0 - east * east - north * north)
                away = toward * cos_d - north * sin_d
                yield away * cos_a - east * sin_a, away * sin_a + east * cos_a, toward * sin_d + north * cos_d


def _sine_and_cosine(degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return math.sin(angle), math.cos(angle)


def _number(header: Header, keyword: str) -> float:
    value = header.get(keyword)
    if value is None and keyword == "CROTA2":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SourceDiffers(f"its header has {keyword} = {value}")
    return float(value)
