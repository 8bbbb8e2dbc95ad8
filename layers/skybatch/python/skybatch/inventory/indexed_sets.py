"""Look-ups in an inventory of format 3 (see `skybatch.inventory.set_columns`): by place, name and number."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.inventory.columns.column import damaged
from skybatch.inventory.columns.column_store import ALL, ColumnStore, Rows
from skybatch.inventory.columns.sorted_column import SortedColumn
from skybatch.inventory.image_sets import ImageSets, scan_codes, set_ids
from skybatch.inventory.lazy_sets import lazy_sets
from skybatch.inventory.manifest import OWN_BAND, Manifest
from skybatch.inventory.matches import SetNumbers
from skybatch.inventory.placements.placements import Placements
from skybatch.inventory.set_columns import FENCE_ROWS, are_grids, grids_of
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.vectors import Floats, to_sphere
from skybatch.sky.zones import RA_STEPS, ZONES, key_ranges, rows_of_ranges
from skybatch.storage.trees import ReadableTree
from skybatch.surveys.known import survey_of

Ranges = tuple[SetNumbers, SetNumbers, SetNumbers]
_PLACES = ("crval", "rot", "grid")
_WCS = ("wcs_template", "wcs")


class IndexedSets:
    """The image sets of one version; nothing is read before it is used."""

    def __init__(self, source: ReadableTree, dataset: str, version: str, manifest: Manifest) -> None:
        self.dataset, self.size, self.frame = dataset, manifest.size, manifest.frame
        self.templates, self.bands_apart = manifest.templates, manifest.bands_apart
        self._radii = manifest.radii
        self._columns = ColumnStore(
            source, dataset, version, manifest.columns, manifest.constants, manifest.size, self._check
        )
        self._values = tuple(name for name in manifest.columns if _is_value(name))
        if OWN_BAND in manifest.constants:
            self._check(OWN_BAND, np.atleast_1d(manifest.constants[OWN_BAND]))

    def candidates(self, vectors: Floats, radius: float) -> Ranges:
        """Return ranges of keys that hold all within a radius of vectors, and the number of their vector."""
        found = [self._of_class(number, vectors, radius) for number in range(len(self._radii))]
        if len(found) == 1:
            return found[0]
        starts, stops, owner = (np.concatenate(each) for each in zip(*found, strict=True))
        order = np.argsort(owner, kind="stable")
        return starts[order], stops[order], owner[order]

    def _of_class(self, number: int, vectors: Floats, radius: float) -> Ranges:
        low, high, owner = key_ranges(*to_sphere(vectors), radius + self._radii[number])
        keys = self._keys[number]
        return keys.search(low), keys.search(high, "right"), owner

    def rows(self, starts: SetNumbers, stops: SetNumbers) -> tuple[SetNumbers, SetNumbers]:
        """Return the rows of ranges of keys, in order, and for each the number of its range."""
        places, of_range = rows_of_ranges(starts, stops)
        if len(self._radii) > 1:
            places = self._columns.rows("key_row", places).astype(np.intp)
        return places, of_range

    def footprints(self, rows: Rows) -> Footprints:
        """Return where sets lie, in the order given."""
        columns = self._columns
        if self.templates:
            columns.fetch(_WCS, rows)
            number, slots = (columns.rows(name, rows) for name in _WCS)
            return checked_footprints(Placements(self.templates, number, slots), self.frame)
        columns.fetch(_PLACES, rows)
        crval, rotation, grid = (columns.rows(name, rows) for name in _PLACES)
        return Footprints(crval[:, 0], crval[:, 1], rotation, grid, self.grids, self.frame)

    def by_number(self, wanted: NDArray[np.int64]) -> SetNumbers:
        """Return the set of each number, -1 where there is none."""
        # In the type of the column: numpy would convert all of the column to that of the numbers.
        limits = np.iinfo(np.int32)
        near = np.clip(wanted, limits.min, limits.max).astype(np.int32)
        return np.where(near == wanted, self._by_value("number", self._numbers, near), -1)

    def by_id(self, wanted: NDArray[np.bytes_]) -> Ranges:
        """Return ranges in order of identity: the sets of each identifier."""
        return self._ids.search(wanted), self._ids.search(wanted, "right"), np.arange(len(wanted))

    def own_bands(self, rows: Rows) -> NDArray[np.integer] | None:
        """Return the number of each row's band, None where rows have all bands."""
        return self._columns.rows(OWN_BAND, rows) if self.bands_apart else None

    def by_scan(self, date: ArrayLike, hem: ArrayLike, scan: ArrayLike, image: NDArray[np.int64]) -> Ranges:
        """Return ranges in order of identity: an image of a scan, or all of it for numbers of 0 or less."""
        known = (np.asarray(scan) >= 0) & (np.asarray(scan) <= 999) & (image <= 9999)
        low = set_ids(date, hem, scan, np.clip(image, 0, 9999))
        high = set_ids(date, hem, scan, np.where(image <= 0, 9999, np.minimum(image, 9999)))
        starts, stops = self._ids.search(low), self._ids.search(high, "right")
        return starts, np.where(known, stops, starts), np.arange(len(starts))

    def in_order_of_identity(self, places: SetNumbers) -> SetNumbers:
        """Return the sets at these places in the order of identity."""
        return self._columns.rows("id_row", places).astype(np.intp)

    def details(self, rows: SetNumbers) -> ImageSets:
        """Return all that is known of sets, read when it is used."""
        return lazy_sets(self, rows)

    def numbering(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the codes of all sets, ascending, and the number of each."""
        sets = self.details(np.arange(self.size))
        try:
            codes = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
        except ValueError as error:
            raise damaged("date") from error
        order = np.argsort(codes)
        return codes[order], sets.coadd_key[order]

    def values(self, name: str, rows: Rows) -> NDArray[Any]:
        """Return rows of a column."""
        return self._columns.rows(name, rows)

    def has(self, name: str) -> bool:
        """Tell whether there is a column of this name."""
        return name in self._columns

    def fetch(self, rows: Rows, names: tuple[str, ...] | None = None) -> None:
        """Fetch rows of columns of values by the beginning of their names, or of all, side by side."""
        wanted = tuple(
            each
            for each in self._values
            if names is None or any(f"{each}.".startswith(f"{n}.") for n in names)
        )
        self._columns.fetch((*(_WCS if self.templates else _PLACES), *wanted), rows)
        self._columns.fetch(tuple(f"{each}.words" for each in wanted if self.has(f"{each}.words")), ALL)

    def _by_value(self, name: str, column: SortedColumn, wanted: NDArray[Any]) -> SetNumbers:
        if self.size == 0:
            return np.full(wanted.shape, -1, np.intp)
        place = np.minimum(column.search(wanted), self.size - 1)
        found = self._columns.rows(name, place) == wanted
        return np.where(found, self._columns.rows(f"{name}_row", place).astype(np.intp), -1)

    @cached_property
    def _keys(self) -> list[SortedColumn]:
        """The keys of each radius class, a segment for each declination zone."""
        zones = self._columns.whole("zones").astype(np.int64)
        ends = np.concatenate([zones[1:, 0], [self.size]])
        if zones[0, 0] != 0 or (np.diff(zones) < 0).any() or (zones[:, -1] != ends).any():
            raise damaged("zones")
        bounds = (np.arange(ZONES, dtype=np.int64) * RA_STEPS).astype(np.uint32)
        return [SortedColumn(self._columns, "key", starts, bounds) for starts in zones]

    @cached_property
    def _numbers(self) -> SortedColumn:
        return self._fenced("number")

    @cached_property
    def _ids(self) -> SortedColumn:
        return self._fenced("id")

    def _fenced(self, name: str) -> SortedColumn:
        starts = np.append(np.arange(0, self.size, FENCE_ROWS), self.size)
        return SortedColumn(self._columns, name, starts, self._columns.whole(f"{name}.fence"))

    @cached_property
    def grids(self) -> PixelGrids:
        """The pixel grids that column ``grid`` numbers."""
        return grids_of(self._columns.whole("grids"))

    def _check(self, name: str, values: NDArray[Any]) -> None:
        """Raise InventoryError for values that no look-up can rely on."""
        below = {"key_row": self.size, "id_row": self.size, "number_row": self.size}
        if name == "grid":
            below["grid"] = len(self.grids.naxis1)
        if name == "wcs_template":
            below[name] = len(self.templates)
        if name == OWN_BAND:
            below[name] = len(survey_of(self.dataset).band)
        if name in below and len(values) and int(values.max()) >= below[name]:
            raise damaged(name)
        if name == "grids" and not are_grids(values):
            raise damaged(name)


def checked_footprints(placement: Placements, frame: ImageFrame) -> Footprints:
    """Return where images lie. Raises InventoryError for values that no image has."""
    if not np.isfinite(placement.slots).all():
        raise damaged("wcs")
    footprints = placement.footprints(frame)
    grids = footprints.grids
    if (
        min(grids.naxis1.min(initial=1), grids.naxis2.min(initial=1)) < 1
        or not (grids.cdelt1 * grids.cdelt2).all()
    ):
        raise damaged("wcs")
    return footprints


def _is_value(name: str) -> bool:
    """Tell whether a column has a value for each row, in their order."""
    ordered = ("zones", "key", "key_row", "grids", "id", "id_row", "number", "number_row", *_PLACES, *_WCS)
    return name not in ordered and not name.endswith((".fence", ".words"))
