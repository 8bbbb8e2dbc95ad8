"""Look-ups in inventories of formats 1 and 2, which are read until their data set is indexed again.

Columns are in order of the reference positions of sets; what is known of one is a record.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.inventory.column_types import check_records, check_values
from skybatch.inventory.columns.column import damaged
from skybatch.inventory.columns.column_store import ALL, ColumnStore
from skybatch.inventory.image_sets import ImageSets, from_records, scan_codes
from skybatch.inventory.manifest import Manifest
from skybatch.inventory.matches import SetNumbers
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.vectors import Floats, to_sphere
from skybatch.sky.zones import key_ranges, rows_of_ranges
from skybatch.storage.trees import ReadableTree

Ranges = tuple[SetNumbers, SetNumbers, SetNumbers]
_ID = re.compile(r"([0-9]{6})([ns])([0-9]{3})([0-9]{4})")


class RecordedSets:
    """The image sets of one version; columns are mapped, and fetched where need be, when first used."""

    frame = ImageFrame.FK5
    templates = ()
    bands_apart = False

    def __init__(self, source: ReadableTree, dataset: str, version: str, manifest: Manifest) -> None:
        self.dataset, self.size = dataset, manifest.size
        (self._radius,) = manifest.radii
        self._columns = ColumnStore(source, dataset, version, manifest.columns)

    def candidates(self, vectors: Floats, radius: float) -> Ranges:
        """Return ranges of sets that hold all within a radius of vectors, and the number of their vector."""
        low, high, owner = key_ranges(*to_sphere(vectors), radius + self._radius)
        return self._zone_key.searchsorted(low), self._zone_key.searchsorted(high, side="right"), owner

    def rows(self, starts: SetNumbers, stops: SetNumbers) -> tuple[SetNumbers, SetNumbers]:
        """Return the rows of ranges, in order, and for each the number of its range."""
        return rows_of_ranges(starts, stops)

    def footprints(self, rows: NDArray[np.integer]) -> Footprints:
        """Return where sets lie, in the order given."""
        return self._all_footprints.take(rows)

    def by_number(self, wanted: NDArray[np.int64]) -> SetNumbers:
        """Return the set of each coadd key, -1 where there is none."""
        known, sets = self._keys
        if self.size == 0:
            return np.full(wanted.shape, -1, np.intp)
        place = np.minimum(np.searchsorted(known, wanted), self.size - 1)
        return np.where(known[place] == wanted, sets[place].astype(np.intp), -1)

    def by_id(self, wanted: NDArray[np.bytes_]) -> Ranges:
        """Return ranges in order of identity: the set of each identifier."""
        parts = [_ID.fullmatch(each.decode("ascii", "replace")) for each in wanted.tolist()]
        known = [n for n, found in enumerate(parts) if found and int(found[4]) > 0]
        starts, stops = np.zeros((2, len(parts)), np.intp)
        if known:
            date, hem, scan, image = zip(*(parts[n].groups() for n in known), strict=True)  # type: ignore[union-attr]
            found = self.by_scan(date, hem, np.array(scan, np.int64), np.array(image, np.int64))
            starts[known], stops[known], _ = found
        return starts, stops, np.arange(len(parts))

    def own_bands(self, rows: NDArray[np.integer]) -> None:
        """Return None: rows have all bands."""

    def by_scan(self, date: ArrayLike, hem: ArrayLike, scan: ArrayLike, image: NDArray[np.int64]) -> Ranges:
        """Return ranges in order of identity: an image of a scan, or all of it for numbers of 0 or less."""
        one = scan_codes(date, hem, scan, 0)
        low = one + np.maximum(image, 0)
        high = np.where(image <= 0, one + 9999, low)
        known, _ = self._scans
        starts = np.searchsorted(known, low, side="left")
        # An image number beyond four digits would run into the next scan.
        stops = np.where(image > 9999, starts, np.searchsorted(known, high, side="right"))
        return np.atleast_1d(starts), np.atleast_1d(stops), np.arange(np.size(starts))

    def in_order_of_identity(self, places: SetNumbers) -> SetNumbers:
        """Return the sets at these places in the order of identity."""
        return self._scans[1][places].astype(np.intp)

    def details(self, rows: SetNumbers) -> ImageSets:
        """Return all that is known of sets, in the order given."""
        records = self._columns.rows("records", rows)
        check_records(records)
        footprints = self._all_footprints.take(rows)
        for name in ("crval1", "crval2", "crota2"):
            if not np.isfinite(getattr(footprints, name)).all():
                raise damaged(name)
        return from_records(self.dataset, records, footprints, rows)

    def numbering(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the codes of all sets, ascending, and the coadd key of each."""
        keys, key_set = self._keys
        codes, code_set = self._scans
        by_set = np.empty(self.size, dtype=np.int64)
        by_set[key_set] = keys
        return np.asarray(codes), by_set[code_set]

    @cached_property
    def _zone_key(self) -> NDArray[np.uint32]:
        return self._column("zone_key")

    @cached_property
    def _all_footprints(self) -> Footprints:
        columns = self._columns
        columns.fetch(("crval1", "crval2", "crota2", "shape", "shapes"), ALL)
        crval1, crval2, crota2 = (columns.whole(name) for name in ("crval1", "crval2", "crota2"))
        shapes = self._column("shapes")
        shape = self._column("shape", below=len(shapes))
        grids = PixelGrids.from_table(shapes)
        return Footprints(crval1, crval2, crota2, shape, grids)

    @cached_property
    def _keys(self) -> tuple[NDArray[Any], NDArray[Any]]:
        return self._column("key"), self._column("key_set", below=self.size)

    @cached_property
    def _scans(self) -> tuple[NDArray[Any], NDArray[Any]]:
        return self._column("scan_code"), self._column("scan_set", below=self.size)

    def _column(self, name: str, below: int | None = None) -> NDArray[Any]:
        """Return a column whose values were checked once; row numbers must be less than ``below``."""
        values = self._columns.whole(name)
        check_values(name, values, below)
        return values
