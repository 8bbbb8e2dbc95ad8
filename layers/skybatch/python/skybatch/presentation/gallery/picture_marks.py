"""What is drawn over the large view of an image: cross-hair, scale bar, arrows to north and east."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from skybatch.batch.results.targets import Picture, Target
from skybatch.errors import SourceUnsupported
from skybatch.fits.celestial_wcs import CelestialWcs
from skybatch.fits.header import Header
from skybatch.imaging.image_place import ImagePlace, place_if_known, turning_matrix
from skybatch.imaging.resampling import NorthUp
from skybatch.presentation.gallery.shown_targets import picture_size
from skybatch.presentation.sky_sketch.graticule import round_length
from skybatch.sky.position import SkyPosition
from skybatch.sky.vectors import Floats

_SQUARE = 1.005  # sides of a pixel that differ by less are told as one


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
        Of the picture, in its own pixels: the units of all that follows.
    is_placed
        Whether the directions are known; else the picture is as the image is stored, and has no marks.
    cross
        Where the position lies, from the upper left corner; None where there is none, or it is outside.
    bar, bar_words
        Length of the scale bar, and what it stands for; 0 where the scale is not known.
    scale_words
        The sides of a pixel of the image in words.
    refusal
        Why there is no picture, empty where there is one.
    """

    columns: int
    rows: int
    width: int
    height: int
    across: int
    along: int
    is_placed: bool = False
    cross: tuple[float, float] | None = None
    bar: float = 0.0
    bar_words: str = ""
    scale_words: str = "of unknown size"
    refusal: str = ""

    @property
    def unit(self) -> float:
        """A hundredth of the longer side: what letters and arrows are measured by."""
        return max(self.across, self.along) / 100.0


def picture_marks(
    target: Target, picture: Picture, longest: int, header: Header | None = None
) -> PictureMarks:
    """Return the marks of a target's image, shown with at most ``longest`` pixels of the page a side.

    They go by the header of the delivered image, as its preview does. Without one they go by the plan, which
    knows of no distortions. Small images are magnified by a whole number, so that each of their pixels is a
    square.
    """
    columns, rows = (header.naxis1, header.naxis2) if header else picture_size(picture)
    place = place_if_known(header) if header else _planned_place(picture)
    unplaced = PictureMarks(columns, rows, *_shown(columns, rows, longest), columns, rows)
    if place is None:
        return unplaced
    try:
        matrix = turning_matrix(header, place) if header else place.pixel_matrix()
        return _placed(target.row.position, place, matrix, longest)
    except SourceUnsupported as error:
        return replace(unplaced, refusal=error.detail)


def _planned_place(picture: Picture) -> ImagePlace | None:
    """Return where the plan has the delivered pixels; None where it does not know."""
    task = picture.task
    if task.geometry is None:
        return None
    values = task.geometry._asdict()
    del values["naxis1"], values["naxis2"]
    first = task.box.corner if task.box else (0, 0)
    values |= {"crpix1": task.geometry.crpix1 - first[0], "crpix2": task.geometry.crpix2 - first[1]}
    return ImagePlace(CelestialWcs(**values), *picture_size(picture))


def _placed(position: SkyPosition | None, place: ImagePlace, matrix: Floats, longest: int) -> PictureMarks:
    turned = NorthUp.of(matrix)
    across, along = turned.size(place.columns, place.rows)
    scale = math.sqrt(abs(np.linalg.det(matrix)))  # degrees of a pixel of the picture
    length, words = round_length(across * scale / 3.0)
    return PictureMarks(
        place.columns,
        place.rows,
        *_shown(across, along, longest),
        across,
        along,
        is_placed=True,
        cross=_cross(position, place, turned),
        bar=length / scale,
        bar_words=words,
        scale_words=_pixel_words(matrix),
    )


def _pixel_words(matrix: Floats) -> str:
    """Write the sides of a pixel."""
    width, height = (3600.0 * np.linalg.norm(matrix, axis=0)).tolist()
    if max(width, height) < _SQUARE * min(width, height):
        return f"{height:.3g}″"
    return f"{width:.3g}″ × {height:.3g}″"


def _shown(across: int, along: int, longest: int) -> tuple[int, int]:
    factor = longest / max(across, along)
    if factor > 1.0:
        factor = float(int(factor))
    return max(1, round(across * factor)), max(1, round(along * factor))


def _cross(position: SkyPosition | None, place: ImagePlace, turned: NorthUp) -> tuple[float, float] | None:
    """Return where the position of the row lies in the picture."""
    if position is None:
        return None
    x, y = place.to_pixel(position)
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    right, down = turned.place(x, y, place.columns, place.rows)
    across, along = turned.size(place.columns, place.rows)
    return (right * across, down * along) if 0.0 <= right <= 1.0 and 0.0 <= down <= 1.0 else None
