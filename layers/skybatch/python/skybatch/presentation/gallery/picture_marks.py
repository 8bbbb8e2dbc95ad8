"""What is drawn over the large view of an image: cross-hair, scale bar, arrows to north and east."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skybatch.batch.results.targets import Picture, Target
from skybatch.imaging.resampling import NorthUp
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.presentation.gallery.shown_targets import picture_size
from skybatch.presentation.sky_sketch.scene_of_plan import footprints_of
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.vectors import Floats

_LENGTHS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000)  # arcsec


@dataclass(frozen=True)
class PictureMarks:
    """Sizes and places in a picture that is north up and east left.

    Attributes
    ----------
    columns, rows
        Of the image.
    width, height
        Of the picture on the page, in its pixels.
    across, along
        Of the picture, in pixels of the image: the units of all that follows.
    cross
        Where the position lies, from the upper left corner; None where there is none, or it is outside.
    bar, bar_words
        Length of the scale bar, and what it stands for; 0 where the scale is not known.
    scale_words
        The side of a pixel in words.
    """

    columns: int
    rows: int
    width: int
    height: int
    across: int
    along: int
    cross: tuple[float, float] | None = None
    bar: float = 0.0
    bar_words: str = ""
    scale_words: str = "of unknown size"

    @property
    def unit(self) -> float:
        """A hundredth of the longer side: what letters and arrows are measured by."""
        return max(self.across, self.along) / 100.0


def picture_marks(target: Target, picture: Picture, longest: int) -> PictureMarks:
    """Return the marks of a target's image, shown with at most ``longest`` pixels of the page a side.

    Small images are magnified by a whole number, so that each of their pixels is a square.
    """
    columns, rows = picture_size(picture)
    geometry = picture.task.geometry
    if geometry is None:
        return PictureMarks(columns, rows, *_shown(columns, rows, longest), columns, rows)
    turned = NorthUp.of(_matrix(geometry))
    across, along = turned.size(columns, rows)
    scale = abs(geometry.cdelt2) * 3600.0
    bar, words = _bar(scale, across)
    width, height = _shown(across, along, longest)
    cross = _cross(target, picture, geometry, turned)
    return PictureMarks(columns, rows, width, height, across, along, cross, bar, words, f"{scale:.3g}″")


def _shown(across: int, along: int, longest: int) -> tuple[int, int]:
    factor = longest / max(across, along)
    if factor > 1.0:
        factor = float(int(factor))
    return max(1, round(across * factor)), max(1, round(along * factor))


def _matrix(geometry: ImageGeometry) -> Floats:
    """Return the matrix from (column, row) steps to (east, north) steps."""
    return _footprint(geometry).cd_matrix.reshape(2, 2)


def _footprint(geometry: ImageGeometry) -> Footprints:
    return footprints_of([geometry], ImageFrame(geometry.frame))


def _cross(
    target: Target, picture: Picture, geometry: ImageGeometry, turned: NorthUp
) -> tuple[float, float] | None:
    """Return where the position of the row lies in the picture."""
    position = target.row.position
    if position is None:
        return None
    footprint = _footprint(geometry)
    x, y = footprint.to_pixel(footprint.frame.vectors(position.ra, position.dec))
    first = picture.task.box.corner if picture.task.box else (0, 0)
    columns, rows = picture_size(picture)
    if not (np.isfinite(x[0]) and np.isfinite(y[0])):
        return None
    right, down = turned.place(float(x[0]) - first[0], float(y[0]) - first[1], columns, rows)
    across, along = turned.size(columns, rows)
    return (right * across, down * along) if 0.0 <= right <= 1.0 and 0.0 <= down <= 1.0 else None


def _bar(scale: float, across: int) -> tuple[float, str]:
    """Return a round length of about a quarter of the picture, in its units and in words."""
    fitting = [length for length in _LENGTHS if length / scale <= across / 3.0]
    length = fitting[-1] if fitting else _LENGTHS[0]
    for unit, seconds in (("°", 3600), ("′", 60)):
        if length % seconds == 0:
            return length / scale, f"{length // seconds}{unit}"
    return length / scale, f"{length}″"
