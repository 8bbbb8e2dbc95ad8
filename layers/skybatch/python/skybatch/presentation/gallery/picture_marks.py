"""What is drawn over the large view of an image: cross-hair, scale bar, arrows to north and east."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skybatch.batch.results.targets import Picture, Target
from skybatch.imaging.resampling import NorthUp
from skybatch.presentation.gallery.shown_targets import picture_size
from skybatch.presentation.sky_sketch.graticule import round_length
from skybatch.presentation.sky_sketch.scene_of_plan import footprints_of
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame


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
    footprint = footprints_of([geometry], ImageFrame(geometry.frame))
    turned = NorthUp.of(footprint.cd_matrix.reshape(2, 2))
    across, along = turned.size(columns, rows)
    scale = abs(geometry.cdelt2) * 3600.0
    length, words = round_length(across * scale / 3600.0 / 3.0)
    width, height = _shown(across, along, longest)
    cross, bar = _cross(target, picture, footprint, turned), length * 3600.0 / scale
    return PictureMarks(columns, rows, width, height, across, along, cross, bar, words, f"{scale:.3g}″")


def _shown(across: int, along: int, longest: int) -> tuple[int, int]:
    factor = longest / max(across, along)
    if factor > 1.0:
        factor = float(int(factor))
    return max(1, round(across * factor)), max(1, round(along * factor))


def _cross(
    target: Target, picture: Picture, footprint: Footprints, turned: NorthUp
) -> tuple[float, float] | None:
    """Return where the position of the row lies in the picture."""
    position = target.row.position
    if position is None:
        return None
    x, y = footprint.to_pixel(footprint.frame.vectors(position.ra, position.dec))
    first = picture.task.box.corner if picture.task.box else (0, 0)
    columns, rows = picture_size(picture)
    if not (np.isfinite(x[0]) and np.isfinite(y[0])):
        return None
    right, down = turned.place(float(x[0]) - first[0], float(y[0]) - first[1], columns, rows)
    across, along = turned.size(columns, rows)
    return (right * across, down * along) if 0.0 <= right <= 1.0 and 0.0 <= down <= 1.0 else None
