"""What the inventory is asked over and over, and whether two answers are the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from skybatch.inventory.inventory import Inventory
from skybatch.sky.regions import Circle

ROWS = 2500
PLACE = (100.0, -40.0)


def anywhere() -> tuple[Any, Any]:
    """`ROWS` positions all over the sky, ICRS degrees."""
    rng = np.random.default_rng(3)
    return rng.uniform(0.0, 360.0, ROWS), np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, ROWS)))


def look_ups() -> dict[str, Callable[[Inventory], Any]]:
    """Regions of three sizes and positions anywhere, by name."""
    ra, dec = anywhere()
    return {
        **{
            f"region of {diameter:g} deg": partial(_region, diameter=diameter)
            for diameter in (0.05, 1.0, 7.0)
        },
        f"{ROWS} positions, all images": lambda inventory: inventory.positions(ra, dec),
        f"{ROWS} positions, best image": lambda inventory: inventory.positions(ra, dec, True),
    }


def _region(inventory: Inventory, diameter: float) -> Any:
    return inventory.in_region(Circle(*PLACE, diameter / 2.0), "overlap")


def numbers(found: Any) -> Any:
    """The sets of an answer, with their rows where it has any."""
    return found if isinstance(found, np.ndarray) else np.stack([found.row, found.set_index])


def by_row(row: Any, key: Any) -> Any:
    """Rows and coadd keys of an answer, in one order whoever gave it."""
    order = np.lexsort((key, row))
    return np.stack([row[order], key[order]])


def check_same(ours: Any, theirs: Any, what: str) -> None:
    """Raise AssertionError where two answers differ."""
    if not np.array_equal(ours, theirs):
        raise AssertionError(f"the answers differ: {what}")
