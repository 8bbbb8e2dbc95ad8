"""How far images reach from their middle, and how much their edges bend: what a look-up may rely on.

Look-ups search by the middle of an image and the radius of a circle about it that holds all of it, and take
its edges for great circles through its corners. Both are properties of the pixel grid alone.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.footprints import Footprints
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.vectors import Floats, wrap

# Of each edge; between two samples an edge of an image of 60 degrees bends by less than a thousandth of it.
_SAMPLES = 16
# Radii are widened by so much for what lies between the samples.
_BETWEEN = 1e-3
MAX_RADIUS = 60.0
MAX_BULGE = 0.02


def index_positions(images: Footprints) -> tuple[Floats, Floats]:
    """Return the positions in degrees, (n,) each, by which images are looked up: those of their middles.

    Of an image whose reference pixel is its middle that is CRVAL itself, to the last bit.
    """
    grids, grid = images.grids, images.grid
    middle1, middle2 = (grids.naxis1 + 1.0) / 2.0, (grids.naxis2 + 1.0) / 2.0
    is_reference = ((grids.crpix1 == middle1) & (grids.crpix2 == middle2))[grid]
    ra, dec = images.centers()
    return (
        wrap(np.where(is_reference, images.crval1, ra)),
        np.where(is_reference, images.crval2, dec),
    )


def radii(grids: PixelGrids) -> Floats:
    """Return the largest angle, degrees (k,), from the middle of an image to its edge; NaN off the sky."""
    middle = _directions(grids, (grids.naxis1[:, None] + 1.0) / 2.0, (grids.naxis2[:, None] + 1.0) / 2.0)
    chord = np.linalg.norm(_boundary(grids) - middle, axis=-1).max(axis=1)
    angle = np.degrees(2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0)))
    return np.asarray(angle * (1.0 + _BETWEEN))


def bulges(grids: PixelGrids) -> Floats:
    """Return how far an edge leaves the great circle through its corners, in parts of the short side (k,)."""
    distance = np.zeros(len(grids.naxis1))
    for side in range(4):
        edge = _boundary(grids)[:, side * _SAMPLES : (side + 1) * _SAMPLES + 1]
        away = np.abs(np.einsum("kmj,kj->km", edge, grids.edges[:, side]))
        distance = np.maximum(distance, away.max(axis=1))
    corners = grids.corners
    sides = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=-1)
    return np.asarray(distance / sides.min(axis=1))


def refusals(grids: PixelGrids) -> list[str | None]:
    """Return for each grid why no look-up could rely on it, None where all can."""
    with np.errstate(invalid="ignore"):
        radius, bulge = radii(grids), bulges(grids)
    return [_refusal(*each) for each in zip(radius.tolist(), bulge.tolist(), strict=True)]


def _refusal(radius: float, bulge: float) -> str | None:
    if math.isnan(radius):
        return "the image reaches beyond the hemisphere that its projection shows"
    if radius > MAX_RADIUS:
        return f"the image reaches {radius:.3g} degrees from its middle; at most {MAX_RADIUS:g}"
    if not bulge <= MAX_BULGE:
        return f"an edge bends by {bulge:.1%} of the short side; at most {MAX_BULGE:.0%}"
    return None


def _boundary(grids: PixelGrids) -> Floats:
    """Return directions (k, 4 `_SAMPLES` + 1, 3) around each image, from the first pixel and back to it."""
    step = np.arange(_SAMPLES) / _SAMPLES
    ahead, none, all_ = step, np.zeros(_SAMPLES), np.ones(_SAMPLES)
    across = np.concatenate([ahead, all_, 1.0 - ahead, none, [0.0]])
    along = np.concatenate([none, ahead, all_, 1.0 - ahead, [0.0]])
    return _directions(grids, 0.5 + across * grids.naxis1[:, None], 0.5 + along * grids.naxis2[:, None])


def _directions(grids: PixelGrids, x: Floats, y: Floats) -> Floats:
    number: NDArray[np.intp] = np.arange(len(grids.naxis1))
    return grids.to_direction(number, x, y)
