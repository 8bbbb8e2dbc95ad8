"""Where a survey has images, coarsely: what lies behind a map of the whole sky."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import numpy as np

from skybatch.batch.planning.matching import OpenInventory
from skybatch.presentation.sky_sketch.scene import Coverage, Scene
from skybatch.presentation.sky_sketch.viewport import Viewport

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory

CELL = 5.0
"""Degrees of a cell's sides: two or three units of a drawing."""


def coverage_of(inventory: Inventory) -> Coverage:
    """Return the parts of parallels, of cells of about `CELL` degrees, in which an inventory has images."""
    south = np.arange(-90.0, 90.0, CELL)
    cells = [max(1, round(360.0 / CELL * np.cos(np.radians(each + CELL / 2.0)))) for each in south]
    ra = np.concatenate([(np.arange(count) + 0.5) * 360.0 / count for count in cells])
    dec = np.repeat(south + CELL / 2.0, cells)
    held = np.split(inventory.any_near(ra, dec, CELL / 2.0), np.cumsum(cells)[:-1])
    runs = [run for low, row in zip(south, held, strict=True) for run in _runs(low, row.tolist())]
    return Coverage(*np.array(runs).reshape(-1, 4).T)


def _runs(south: float, held: list[bool]) -> list[tuple[float, float, float, float]]:
    """Return the bounds (west, east, south, north) of neighbouring cells that are held."""
    ends = [0]
    for _, cells in groupby(held):
        ends.append(ends[-1] + len(list(cells)))
    width = 360.0 / len(held)
    return [
        (first * width, last * width, south, south + CELL) for first, last in pairwise(ends) if held[first]
    ]


def coverages(
    scene: Scene, versions: Mapping[str, str], open_inventory: OpenInventory, *, whole: bool = False
) -> tuple[Coverage, ...]:
    """Return the coverage of each data set of a plan, by its version; none where a field is shown.

    ``whole`` asks for it whatever the scene.
    """
    if scene.is_empty or not (whole or Viewport.around(scene).projection.shows_all):
        return ()
    return tuple(coverage_of(open_inventory(dataset, version)) for dataset, version in versions.items())
