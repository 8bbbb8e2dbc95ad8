"""Which images there are and where they lie: the look-ups over one immutable version of one data set.

Positions and regions come in ICRS degrees and are brought to the images' own frame, FK5 J2000, here.
Answers are numbers of image sets, ascending in inventory order: declination zone, then right ascension,
then identity (see `skybatch.inventory.publish`). Equal questions to one version have equal answers.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.errors import InventoryError, TooLarge
from skybatch.inventory.column_store import ColumnStore
from skybatch.inventory.column_types import check_records, check_values, damaged
from skybatch.inventory.image_sets import ImageSets, from_records, scan_codes
from skybatch.inventory.manifest import Manifest, read_manifest
from skybatch.inventory.matches import PixelPositions, PositionMatches, ScanMatches, SetNumbers
from skybatch.inventory.versions import current_version
from skybatch.sky.fk5 import fk5_vector
from skybatch.sky.footprints import Footprints
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.regions import Relation, SkyRegion
from skybatch.sky.vectors import Floats, to_sphere
from skybatch.sky.zones import key_ranges, rows_of_ranges
from skybatch.storage.trees import ReadableTree
from skybatch.surveys.twomass.datasets import inventory_folder

# Candidates looked at in one go: bounds memory (about 300 bytes each) where a field was scanned often.
CHUNK = 100_000


class Inventory:
    """One version of one data set's inventory.

    ``size`` is the number of image sets, ``numbered`` whether the coadd keys are our own numbers because
    the images came without a metadata table. Columns are mapped, and fetched where need be, when first
    used.
    """

    def __init__(self, source: ReadableTree, dataset: str, version: str, manifest: Manifest) -> None:
        self.dataset, self.version = dataset, version
        self.size, self.numbered = manifest.size, manifest.numbered
        self._angular_radius = manifest.angular_radius
        self._columns = ColumnStore(source, dataset, version, manifest.columns)

    @classmethod
    def open(cls, source: ReadableTree, dataset: str, version: str | None = None) -> Inventory:
        """Open a version, the current one if none is named.

        Raises InventoryError where it is absent, incomplete or damaged, NotFound for an unknown data set.
        """
        version = version or current_version(source, dataset)
        path = f"{inventory_folder(dataset)}/{version}/manifest.json"
        try:
            manifest = source.read(path)
        except FileNotFoundError as error:
            raise InventoryError(
                f"version {version} of the inventory of {dataset} is not complete"
            ) from error
        return cls(source, dataset, version, read_manifest(manifest, path))

    def in_region(self, region: SkyRegion, relation: Relation, limit: int | None = None) -> SetNumbers:
        """Return the sets in this relation to a region, ascending; ``center``: those that hold its centre.

        Raises TooLarge, naming both numbers, where there are more than ``limit`` sets.
        """
        radius = 0.0 if relation == "center" else region.angular_radius
        starts, stops, _ = self._candidates(region.center, radius)
        found, count = [], 0
        for first, last in _chunks(stops - starts):
            rows = rows_of_ranges(starts[first:last], stops[first:last])[0]
            rows = rows[region.matches(self._all_footprints.take(rows), relation)]
            count += len(rows)
            if limit is None or count <= limit:
                found.append(rows)
        _check_limit(count, limit)
        rows = np.concatenate(found)
        rows.sort()
        return rows

    def positions(
        self, ra: ArrayLike, dec: ArrayLike, best: ArrayLike = False, limit: int | None = None
    ) -> PositionMatches:
        """Return the images that contain each of (n,) positions; where ``best`` holds, only the most centred.

        Raises TooLarge, naming both numbers, where there are more than ``limit`` matches in all.
        """
        vectors = np.atleast_2d(fk5_vector(ra, dec))
        only_best = np.broadcast_to(np.asarray(best, dtype=bool), len(vectors))
        starts, stops, owner = self._candidates(vectors)
        found, count = [], 0
        for first, last in _chunks(stops - starts, owner):
            sets, of_range = rows_of_ranges(starts[first:last], stops[first:last])
            matches = self._containing(vectors, owner[first:last][of_range], sets, only_best)
            count += len(matches)
            if limit is None or count <= limit:
                found.append(matches)
        _check_limit(count, limit)
        return PositionMatches.concatenated(found)

    def _candidates(self, vectors: Floats, radius: float = 0.0) -> tuple[SetNumbers, SetNumbers, SetNumbers]:
        """Return ranges of sets that hold all within a radius of vectors, and the number of their vector."""
        low, high, owner = key_ranges(*to_sphere(vectors), radius + self._angular_radius)
        return self._zone_key.searchsorted(low), self._zone_key.searchsorted(high, side="right"), owner

    def _containing(
        self, vectors: Floats, row: SetNumbers, sets: SetNumbers, only_best: NDArray[np.bool_]
    ) -> PositionMatches:
        placed = _pixel_positions(self._all_footprints.take(sets), vectors[row])
        candidates = PositionMatches(row, sets, placed.x, placed.y, placed.edge_distance)
        inside = candidates.take(np.flatnonzero(placed.edge_distance >= 0.0))
        ordered = inside.take(np.lexsort((inside.set_index, -inside.edge_distance, inside.row)))
        first_of_row = np.diff(ordered.row, prepend=-1) != 0
        return ordered.take(first_of_row | ~only_best[ordered.row])

    def by_coadd_key(self, coadd_keys: ArrayLike) -> SetNumbers:
        """Return the set of each coadd key (n,), -1 where there is none."""
        wanted = np.asarray(coadd_keys, dtype=np.int64)
        known, sets = self._keys
        if self.size == 0:
            return np.full(wanted.shape, -1, np.intp)
        place = np.minimum(np.searchsorted(known, wanted), self.size - 1)
        return np.where(known[place] == wanted, sets[place].astype(np.intp), -1)

    def by_scan(
        self, date: ArrayLike, hem: ArrayLike, scan: ArrayLike, image: ArrayLike = 0, limit: int | None = None
    ) -> ScanMatches:
        """Return the sets of each row of a scan list; an image number of 0 or less means all of the scan.

        ``date`` is yymmdd text, ``hem`` n or s, ``scan`` 1–999, (n,) each; ``image`` (n,) or one number.
        Raises TooLarge where there are more than ``limit`` sets in all.
        """
        one = scan_codes(date, hem, scan, 0)
        number = np.broadcast_to(np.asarray(image, dtype=np.int64), one.shape)
        low = one + np.maximum(number, 0)
        high = np.where(number <= 0, one + 9999, low)
        known, sets = self._scans
        starts = np.searchsorted(known, low, side="left")
        # An image number beyond four digits would run into the next scan.
        stops = np.where(number > 9999, starts, np.searchsorted(known, high, side="right"))
        _check_limit(int(np.sum(stops - starts)), limit)
        place, row = rows_of_ranges(np.atleast_1d(starts), np.atleast_1d(stops))
        return ScanMatches(row, sets[place].astype(np.intp))

    def pixel_positions(self, sets: ArrayLike, ra: ArrayLike, dec: ArrayLike) -> PixelPositions:
        """Return where position i lies in set i, (n,) each; a single position is that of all sets."""
        rows = np.atleast_1d(np.asarray(sets, dtype=np.intp))
        vectors = np.broadcast_to(fk5_vector(ra, dec), (len(rows), 3))
        return _pixel_positions(self._all_footprints.take(rows), vectors)

    def footprints(self, sets: ArrayLike) -> Footprints:
        """Return where these sets lie, in the order given."""
        return self._all_footprints.take(np.atleast_1d(np.asarray(sets, dtype=np.intp)))

    def details(self, sets: ArrayLike) -> ImageSets:
        """Return all that is known of these sets, in the order given."""
        rows = np.atleast_1d(np.asarray(sets, dtype=np.intp))
        records = self._columns.records(rows)
        check_records(records)
        footprints = self._all_footprints.take(rows)
        for name in ("crval1", "crval2", "crota2"):
            if not np.isfinite(getattr(footprints, name)).all():
                raise damaged(name)
        return from_records(self.dataset, records, footprints, rows)

    def numbering(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the codes of all sets (see `scan_codes`), ascending, and the coadd key of each."""
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
        names = ("crval1", "crval2", "crota2", "shape", "shapes")
        crval1, crval2, crota2, *_ = self._columns.columns(*names)
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
        values = self._columns.column(name)
        check_values(name, values, below)
        return values


def _pixel_positions(images: Footprints, vectors: Floats) -> PixelPositions:
    x, y = images.to_pixel(vectors)
    return PixelPositions(x, y, images.edge_distance_of_pixels(x, y))


def _check_limit(count: int, limit: int | None) -> None:
    if limit is not None and count > limit:
        raise TooLarge(f"{count} image sets match, and the limit is {limit}")


def _chunks(sizes: NDArray[np.integer], owner: SetNumbers | None = None) -> list[tuple[int, int]]:
    """Return runs of ranges with about `CHUNK` candidates each; ranges of one owner stay together."""
    total = np.cumsum(sizes)
    if len(total) == 0 or total[-1] <= CHUNK:
        return [(0, len(total))]
    cuts = np.flatnonzero(np.diff(total // CHUNK)) + 1
    if owner is not None:
        cuts = np.unique(np.searchsorted(owner, owner[cuts], side="left"))
    edges = [0, *(c for c in cuts.tolist() if c > 0), len(total)]
    return list(pairwise(edges))
