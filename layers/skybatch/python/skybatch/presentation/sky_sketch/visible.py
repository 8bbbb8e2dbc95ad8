"""Which outlines a drawing has: those large enough to be seen, and of too many some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skybatch.presentation.sky_sketch.scene import Outlines
from skybatch.presentation.sky_sketch.viewport import WIDTH, Viewport
from skybatch.sky.vectors import Floats

MOST_OUTLINES = 10_000
SMALLEST_IMAGE, SMALLEST_CROP = 2.0, 7.0
"""Units; what is smaller is hidden by its position's mark."""


def drawn_outlines(outlines: Outlines, x: Floats, y: Floats, view: Viewport, smallest: float) -> list[int]:
    """Return the numbers of those that are drawn, whose corners lie at x and y, (n, 4) each."""
    numbers = np.flatnonzero(_is_seen(x, y, view, smallest)) if len(outlines) else np.empty(0, np.intp)
    if len(numbers) > MOST_OUTLINES:
        numbers = numbers[np.linspace(0, len(numbers) - 1, MOST_OUTLINES).astype(np.intp)]
    return [int(number) for number in numbers]


def count_seen(outlines: Outlines, view: Viewport, smallest: float) -> int:
    """Count the outlines that are large enough to be seen."""
    x, y = view.place(outlines.ra, outlines.dec)
    return int(_is_seen(x, y, view, smallest).sum())


def _is_seen(x: Floats, y: Floats, view: Viewport, smallest: float) -> NDArray[np.bool_]:
    """Return which quadrilaterals are not too small, and not torn apart at the edge of a map."""
    across, along = np.ptp(x, axis=1), np.ptp(y, axis=1)
    whole = np.maximum(across, along) < (WIDTH / 3.0 if view.projection.shows_all else np.inf)
    return np.asarray(whole & (np.maximum(across, along) >= smallest))
