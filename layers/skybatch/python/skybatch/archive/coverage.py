"""What a data set covers of the sky: a Multi-Order Coverage map (IVOA Recommendation, MOC 2.0)."""

from __future__ import annotations

import io
import json
import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from skybatch.archive.coverage_map import coverage_map, covered_pixels
from skybatch.inventory.coverage.coverage_files import Coverage
from skybatch.sky.vectors import Floats
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.sky.footprints import Footprints

# Orders of the cells: 0.9 degrees to 1.7 arcmin.
LEAST_ORDER, MOST_ORDER = 6, 11
# Polygons that are joined at once: memory grows with them, and so does the time for all.
CHUNK = 2000
# The side of a cell of order 0, degrees.
_BASE_CELL = math.degrees(math.sqrt(math.pi / 3.0))


def coverage_of(sets: ImageSets) -> Coverage | None:
    """Return what image sets cover, None of none.

    The outlines of the images are great circles through their corners. Cells are a quarter of an image's
    short side at most, so that the edge is wrong by less than that.
    """
    if not len(sets):
        return None
    order = order_for(_short_side(sets))
    images = sets.footprints()
    moc = _moc(_outlines(images), order)
    middles = images.frame.to_icrs(*images.centers())
    return Coverage(
        order=order,
        sky_fraction=float(moc.sky_fraction),
        files={
            "fits": _fits(moc),
            "json": json.dumps(moc.serialize("json")).encode(),
            "svg": coverage_map(covered_pixels(partial(_is_covered, moc), *middles), _title(sets)).encode(),
        },
    )


def _title(sets: ImageSets) -> str:
    return f"Coverage of {survey_of(sets.dataset).dataset_title(sets.dataset)}"


def order_for(degrees: float) -> int:
    """Return the order whose cells are a quarter of a side in degrees at most."""
    wanted = math.ceil(math.log2(_BASE_CELL / (degrees / 4.0)))
    return min(max(wanted, LEAST_ORDER), MOST_ORDER)


def _short_side(sets: ImageSets) -> float:
    wide = np.asarray(sets.naxis1) * np.abs(sets.cdelt1)
    high = np.asarray(sets.naxis2) * np.abs(sets.cdelt2)
    return float(np.minimum(wide, high).min())


def _outlines(images: Footprints) -> Floats:
    """Return the corners of images, ICRS degrees, (n, 4, 2), those of one outline once."""
    corners = np.stack(images.frame.to_icrs(*images.corners()), axis=-1)
    flat = np.unique(corners.reshape(len(corners), -1), axis=0)
    return np.asarray(flat.reshape(-1, 4, 2))


def _moc(outlines: Floats, order: int) -> Any:
    starts = range(0, len(outlines), CHUNK)
    parts = [_moc_of_chunk(outlines[start : start + CHUNK], order) for start in starts]
    # Two by two: joined one after another, the first would be gone through again with each.
    while len(parts) > 1:
        pairs = [parts[n : n + 2] for n in range(0, len(parts), 2)]
        parts = [pair[0].union(*pair[1:]) if len(pair) > 1 else pair[0] for pair in pairs]
    return parts[0]


def _moc_of_chunk(outlines: Floats, order: int) -> Any:
    from mocpy import MOC

    sides = [np.ascontiguousarray(side) for outline in outlines for side in outline.T]
    return MOC.new_empty(order).union(*MOC.from_polygons(sides, max_depth=order))


def _is_covered(moc: Any, longitude: Floats, latitude: Floats) -> NDArray[np.bool_]:
    from astropy import units as u

    return np.asarray(moc.contains_lonlat(longitude * u.deg, latitude * u.deg))


def _fits(moc: Any) -> bytes:
    written = io.BytesIO()
    moc.serialize("fits").writeto(written)
    return written.getvalue()
