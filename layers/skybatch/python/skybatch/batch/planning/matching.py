"""From the rows of a request to the image sets they ask for, in one data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.matches import PixelPositions
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.regions import Circle

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory
    from skybatch.sky.regions import Relation

# A data set and the inventory version wanted (None: the current one) -> that inventory.
OpenInventory = Callable[[str, str | None], "Inventory"]


@dataclass(frozen=True)
class Matches:
    """Pairs of request row and image set, element-wise.

    Attributes
    ----------
    row_index
        Index of the request row, (n,) intp, ascending.
    set_index
        Index of the image set in the inventory, (n,) intp.
    positions
        Where the positions of the rows lie in the images, (n,) each, if the match was made by positions.
    """

    row_index: NDArray[np.intp]
    set_index: NDArray[np.intp]
    positions: PixelPositions | None = None


def match(request: Request, rows: Sequence[int], inventory: Inventory, max_images: int) -> Matches:
    """Find the image sets of one data set that the given rows of a request ask for.

    Where bands are apart, those of positions and regions are of the bands asked for alone.

    Raises
    ------
    TooLarge
        They are more than ``max_images``; noticed before they are listed.
    """
    wanted = [request.rows[i] for i in rows]
    index = np.asarray(rows, dtype=np.intp)
    if request.mode is Mode.REGION:
        return _region(request, inventory, max_images)
    if request.mode is Mode.POSITIONS:
        return _positions(request, wanted, index, inventory, max_images)
    if request.mode is Mode.IMAGE_IDS:
        return _image_ids(wanted, index, inventory)
    if request.mode is Mode.COADD_KEYS:
        return _keys(wanted, index, inventory)
    return _scans(wanted, index, inventory, max_images)


def _region(request: Request, inventory: Inventory, max_images: int) -> Matches:
    region = request.region
    if region is None or region.center is None:
        return _no_matches()
    relation = cast("Relation", region.relation)  # requests accept only these
    circle = Circle(region.center.ra, region.center.dec, region.diameter / 2.0)
    bands = request.bands_in(request.rows[0], inventory.dataset) if request.rows else request.bands
    sets = inventory.in_region(circle, relation, limit=max_images, bands=bands)
    return Matches(np.zeros(len(sets), np.intp), sets)


def _positions(
    request: Request, rows: Sequence[Row], index: NDArray[np.intp], inventory: Inventory, max_images: int
) -> Matches:
    placed = np.array([i for i, row in enumerate(rows) if row.position is not None], dtype=np.intp)
    if not len(placed):
        return _no_matches()
    skies = [(row.position.ra, row.position.dec) for row in rows if row.position is not None]
    ra, dec = np.array(skies, dtype=np.float64).T
    best = np.array([rows[i].best_only for i in placed], dtype=bool)
    bands = [request.bands_in(rows[i], inventory.dataset) for i in placed]
    found = inventory.positions(ra, dec, best, limit=max_images, bands=bands)
    where = PixelPositions(found.x, found.y, found.edge_distance)
    return Matches(index[placed[found.row]], found.set_index, where)


def _image_ids(rows: Sequence[Row], index: NDArray[np.intp], inventory: Inventory) -> Matches:
    found = inventory.by_image_id([row.image_id or "" for row in rows])
    return Matches(index[found.row], found.set_index)


def _keys(rows: Sequence[Row], index: NDArray[np.intp], inventory: Inventory) -> Matches:
    sets = inventory.by_coadd_key(np.array([row.coadd_key for row in rows], dtype=np.int64))
    known = sets >= 0
    return Matches(index[known], sets[known])


def _scans(rows: Sequence[Row], index: NDArray[np.intp], inventory: Inventory, max_images: int) -> Matches:
    found = inventory.by_scan(
        np.array([row.date for row in rows]),
        np.array([row.hem for row in rows]),
        np.array([row.scan for row in rows]),
        np.array([row.image or 0 for row in rows]),
        limit=max_images,
    )
    return Matches(index[found.row], found.set_index)


def _no_matches() -> Matches:
    empty = np.empty(0, np.intp)
    return Matches(empty, empty)
