"""Where one image lies on the sky, as the inventory says and as its own header says.

A plan is made from the inventory alone. Where an archive was imported from metadata tables, or an image was
replaced later, the stored file may be of another place: its pixels would be right, and of the wrong sky. So
whoever reads a header compares it with the plan. No numpy: a worker starts without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Self

from skybatch.errors import SourceDiffers, SourceUnsupported
from skybatch.fits.celestial_wcs import FK5, PROJECTIONS, read_celestial_wcs

if TYPE_CHECKING:
    from skybatch.fits.header import Header
    from skybatch.inventory.image_sets import ImageSets

# Metadata tables print positions to about a tenth of a pixel and rotations to a thousandth of a degree; an
# image of another place is off by hundreds of pixels.
TOLERANCE_PIXELS = 0.5
# Two images of one place have the same corners in any projection: this one is taken where it is not SIN or
# TAN, and distortions are left out.
STAND_IN = "TAN"


class ImageGeometry(NamedTuple):
    """The keywords that place an image on the sky; angles in degrees.

    ``skew``, ``projection`` and ``frame`` are as `skybatch.fits.celestial_wcs` has them.
    """

    naxis1: int
    naxis2: int
    crpix1: float
    crpix2: float
    cdelt1: float
    cdelt2: float
    crval1: float
    crval2: float
    crota2: float
    skew: float = 0.0
    projection: str = "SIN"
    frame: str = FK5

    @classmethod
    def of_sets(cls, sets: ImageSets) -> list[Self]:
        """Return the geometry of each image set."""
        columns = [getattr(sets, name).tolist() for name in cls._fields[:9]]
        skew = [0.0] * len(sets) if sets.skew is None else sets.skew.tolist()
        codes = [0] * len(sets) if sets.projection is None else sets.projection.tolist()
        projections = [(*PROJECTIONS, STAND_IN)[int(code)] for code in codes]
        frames = [str(sets.frame)] * len(sets)
        return [cls(*values) for values in zip(*columns, skew, projections, frames, strict=True)]

    @classmethod
    def of_header(cls, header: Header, default_frame: str = FK5) -> Self:
        """Read the geometry of an image from its header; ``default_frame`` is that of headers that name none.

        Raises SourceDiffers where that cannot be read.
        """
        try:
            wcs = read_celestial_wcs(header, default_frame)
        except SourceUnsupported as error:
            raise SourceDiffers(f"its header has no place on the sky: {error.detail}") from None
        place = {name: getattr(wcs, name) for name in wcs._fields if name != "terms"}
        if wcs.by_astropy:
            place["projection"] = STAND_IN
        return cls(header.naxis1, header.naxis2, **place)

    def shortened(self) -> tuple[float | str, ...]:
        """Return the fields up to the last that is not its default, as plans keep them."""
        defaults = self._field_defaults
        length = len(self)
        while length > len(self) - len(defaults) and self[length - 1] == defaults[self._fields[length - 1]]:
            length -= 1
        return self[:length]

    def largest_corner_shift(self, other: ImageGeometry) -> float:
        """Return how far the corner that differs most lies from that of another image, in pixels of this.

        Infinite where an image reaches beyond the hemisphere that the projection shows.
        """
        pixel = math.radians(min(abs(self.cdelt1), abs(self.cdelt2)))
        try:
            pairs = zip(self._corners(), other._corners_in(self.frame), strict=True)
            return max(math.dist(ours, theirs) for ours, theirs in pairs) / pixel
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.inf

    def _corners_in(self, frame: str) -> Iterator[tuple[float, float, float]]:
        """Yield the corners in a frame."""
        if frame == self.frame:
            yield from self._corners()
            return
        # Only an image whose frame is not its survey's comes here, and needs numpy.
        from skybatch.sky.image_frames import ImageFrame

        rotation = ImageFrame(self.frame).rotation_to(ImageFrame(frame)).tolist()
        for corner in self._corners():
            x, y, z = (sum(a * b for a, b in zip(row, corner, strict=True)) for row in rotation)
            yield x, y, z

    def check(self, header: Header) -> None:
        """Raise SourceDiffers where a corner of the stored image is not where it should be."""
        shift = self.largest_corner_shift(ImageGeometry.of_header(header, self.frame))
        if not shift <= TOLERANCE_PIXELS:
            raise SourceDiffers(
                f"the stored image is of another place: a corner lies {shift:,.1f} pixels from where the "
                "inventory has it"
            )

    def _corners(self) -> Iterator[tuple[float, float, float]]:
        """Yield unit vectors to the outer corners (Calabretta & Greisen 2002, sections 5.1.3, 5.1.5)."""
        sin_r, cos_r = _sine_and_cosine(self.crota2)
        sin_a, cos_a = _sine_and_cosine(self.crval1)
        sin_d, cos_d = _sine_and_cosine(self.crval2)
        for x in (0.5, self.naxis1 + 0.5):
            for y in (0.5, self.naxis2 + 0.5):
                right = math.radians((x - self.crpix1) * self.cdelt1 + (y - self.crpix2) * self.skew)
                up = math.radians((y - self.crpix2) * self.cdelt2)
                east, north = right * cos_r - up * sin_r, right * sin_r + up * cos_r
                if self.projection == "TAN":
                    toward = 1.0 / math.sqrt(1.0 + east * east + north * north)
                    east, north = east * toward, north * toward
                else:
                    toward = math.sqrt(1.0 - east * east - north * north)
                away = toward * cos_d - north * sin_d
                yield away * cos_a - east * sin_a, away * sin_a + east * cos_a, toward * sin_d + north * cos_d


def _sine_and_cosine(degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return math.sin(angle), math.cos(angle)
