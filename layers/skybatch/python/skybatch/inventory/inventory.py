"""What images there are and where they lie: the look-ups over one immutable version of one data set.

Positions and regions come in ICRS degrees and are brought to the images' own frame, FK5 J2000, here.
Image sets are answered by number, ascending in inventory order: declination zone, then right ascension,
then identity (see `skybatch.inventory.publish`). Equal questions to one version have equal answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.errors import DatasetAbsent, InventoryError, TooLarge
from skybatch.inventory.column_store import Column, Columns
from skybatch.inventory.image_sets import FORMAT, ImageSets, from_records, scan_codes
from skybatch.sky.footprints import Floats, Footprints, Shapes, fk5_vector, position_of, to_sphere
from skybatch.sky.regions import Box, Circle, Relation, box, circle
from skybatch.sky.zones import expand, ranges, ranges_about
from skybatch.storage.objects import DirectorySource, Source, StoreSource
from skybatch.surveys.layout import inventory_folder

__all__ = [
    "DirectorySource",
    "ImageSets",
    "Inventory",
    "PositionMatches",
    "ScanMatches",
    "Source",
    "StoreSource",
    "current_version",
]

SetNumbers = NDArray[np.intp]
# Candidates looked at in one go: bounds memory (about 300 bytes each) where a field was scanned often.
CHUNK = 100_000


@dataclass(frozen=True, eq=False)
class PositionMatches:
    """Which images contain which positions, (m,) arrays.

    ``row`` counts from 0 in the input, ``edge_dist`` is the least distance to the image's four edges in
    arcsec. Sorted by row, then by falling edge_dist; equal distances by set number. So the first of a row
    is its *best* image, and of two equally good ones the earlier in inventory order.
    """

    row: NDArray[np.intp]
    set: SetNumbers
    edge_dist: Floats

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class ScanMatches:
    """Which sets belong to which rows of a scan list, (m,) arrays sorted by row, then image number."""

    row: NDArray[np.intp]
    set: SetNumbers

    def __len__(self) -> int:
        return len(self.row)


def current_version(source: Source, dataset: str) -> str:
    """The version that new readers use; DatasetAbsent where the data set has none."""
    try:
        return source.read(f"{inventory_folder(dataset)}/current").decode("ascii").strip()
    except FileNotFoundError as error:
        raise DatasetAbsent(f"the archive has no inventory of data set {dataset}") from error


class Inventory:
    """One version of one data set's inventory.

    ``size`` is the number of image sets, ``numbered`` whether the coadd keys are our own numbers because
    the images came without a metadata table. Columns are mapped, and fetched where need be, when first
    used.
    """

    def __init__(self, source: Source, dataset: str, version: str, manifest: dict[str, Any]) -> None:
        self.dataset, self.version = dataset, version
        self.size: int = manifest["size"]
        self.numbered: bool = manifest["numbered"]
        self._reach: float = manifest["reach"]
        columns = {name: Column.of(name, entry) for name, entry in manifest["columns"].items()}
        self._columns = Columns(source, dataset, version, columns)

    @classmethod
    def open(cls, source: Source, dataset: str, version: str | None = None) -> Inventory:
        """Open a version, the current one if none is named.

        Raises InventoryError where it is absent or not whole, NotFound for an unknown data set.
        """
        version = version or current_version(source, dataset)
        path = f"{inventory_folder(dataset)}/{version}/manifest.json"
        try:
            manifest = json.loads(source.read(path))
        except (FileNotFoundError, ValueError) as error:
            raise InventoryError(f"version {version} of the inventory of {dataset} is not whole") from error
        if manifest["format"] > FORMAT:
            raise InventoryError(f"{path} has format {manifest['format']}; at most {FORMAT} is read here")
        return cls(source, dataset, version, manifest)

    # Regions ------------------------------------------------------------------------------------------

    def region(
        self, ra: float, dec: float, diameter: float, relation: Relation, limit: int | None = None
    ) -> SetNumbers:
        """Sets that overlap, cover, or lie enclosed in a circle of ``diameter`` degrees about a position.

        Raises TooLarge, naming both, where there are more than ``limit`` sets.
        """
        return self._held(circle(ra, dec, diameter), relation, limit)

    def box(
        self,
        ra: float,
        dec: float,
        width: float,
        height: float,
        relation: Relation,
        limit: int | None = None,
    ) -> SetNumbers:
        """Sets by their relation to a TAN box about a position, all in degrees; ``center``: holding it."""
        return self._held(box(ra, dec, width, height), relation, limit)

    def _held(self, figure: Circle | Box, relation: Relation, limit: int | None) -> SetNumbers:
        reach = 0.0 if relation == "center" else figure.reach
        low, high = ranges_about(*position_of(figure.center), reach + self._reach)
        edges = np.array([*low, *(key + 1 for key in high)], dtype=np.uint32)
        starts, stops = self._zone_key.searchsorted(edges).reshape(2, -1)
        found, count = [], 0
        for first, last in _chunks(stops - starts):
            rows = expand(starts[first:last], stops[first:last])[0]
            rows = rows[figure.holds(self._footprints(rows), relation)]
            count += len(rows)
            if limit is None or count <= limit:
                found.append(rows)
        _check(count, limit)
        rows = np.concatenate(found)
        rows.sort()
        return rows

    # Positions ----------------------------------------------------------------------------------------

    def positions(
        self, ra: ArrayLike, dec: ArrayLike, best: ArrayLike = False, limit: int | None = None
    ) -> PositionMatches:
        """The images that contain each of (n,) positions; where ``best`` holds, only the most centred one.

        Raises TooLarge, naming both, where there are more than ``limit`` matches in all.
        """
        vectors = np.atleast_2d(fk5_vector(ra, dec))
        only_best = np.broadcast_to(np.asarray(best, dtype=bool), len(vectors))
        low, high, owner = ranges(*to_sphere(vectors), self._reach)
        starts = self._zone_key.searchsorted(low)
        stops = self._zone_key.searchsorted(high, side="right")
        found, count = [], 0
        for first, last in _chunks(stops - starts, owner):
            sets, of_range = expand(starts[first:last], stops[first:last])
            matches = self._contain(vectors, owner[first:last][of_range], sets, only_best)
            count += len(matches)
            if limit is None or count <= limit:
                found.append(matches)
        _check(count, limit)
        return _joined(found)

    def _contain(
        self, vectors: Floats, row: SetNumbers, sets: SetNumbers, only_best: NDArray[np.bool_]
    ) -> PositionMatches:
        distance = self._footprints(sets).edge_distance(vectors[row])
        inside = np.flatnonzero(distance >= 0.0)
        row, sets, distance = row[inside], sets[inside], distance[inside]
        order = np.lexsort((sets, -distance, row))
        row, sets, distance = row[order], sets[order], distance[order]
        first_of_row = np.diff(row, prepend=-1) != 0
        keep = first_of_row | ~only_best[row]
        return PositionMatches(row[keep], sets[keep], distance[keep])

    # Keys and scans -----------------------------------------------------------------------------------

    def keys(self, coadd_keys: ArrayLike) -> SetNumbers:
        """The set of each coadd key (n,), -1 where there is none."""
        wanted = np.asarray(coadd_keys, dtype=np.int64)
        known, sets = self._keys
        if self.size == 0:
            return np.full(wanted.shape, -1, np.intp)
        place = np.minimum(np.searchsorted(known, wanted), self.size - 1)
        return np.where(known[place] == wanted, sets[place].astype(np.intp), -1)

    def scans(
        self, date: ArrayLike, hem: ArrayLike, scan: ArrayLike, image: ArrayLike = 0, limit: int | None = None
    ) -> ScanMatches:
        """The sets of each row of a scan list; an image number of 0 or less means all of the scan.

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
        _check(int(np.sum(stops - starts)), limit)
        place, row = expand(np.atleast_1d(starts), np.atleast_1d(stops))
        return ScanMatches(row, sets[place].astype(np.intp))

    # Of given sets ------------------------------------------------------------------------------------

    def pixels(self, sets: ArrayLike, ra: ArrayLike, dec: ArrayLike) -> tuple[Floats, Floats]:
        """FITS pixel coordinates (x, y), 1-based, of position i in set i, (n,) each.

        NaN where the position is on the other side of the sky.
        """
        rows = np.atleast_1d(np.asarray(sets, dtype=np.intp))
        return self._footprints(rows).to_pixel(np.broadcast_to(fk5_vector(ra, dec), (len(rows), 3)))

    def edge_distance(self, sets: ArrayLike, ra: ArrayLike, dec: ArrayLike) -> Floats:
        """Least distance of position i to the four edges of set i, arcsec (n,); negative outside."""
        rows = np.atleast_1d(np.asarray(sets, dtype=np.intp))
        vectors = np.broadcast_to(fk5_vector(ra, dec), (len(rows), 3))
        return self._footprints(rows).edge_distance(vectors)

    def footprints(self, sets: ArrayLike) -> Footprints:
        """Where these sets lie: corners, pixel and sky coordinates."""
        return self._footprints(np.atleast_1d(np.asarray(sets, dtype=np.intp)))

    def details(self, sets: ArrayLike) -> ImageSets:
        """All there is to know of these sets, in the order given."""
        rows = np.atleast_1d(np.asarray(sets, dtype=np.intp))
        records = self._columns.rows("records", rows)
        return from_records(self.dataset, records, self._footprints(rows), rows)

    def numbering(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The codes of all sets (see `imagesets.scan_codes`), ascending, and the coadd key of each."""
        keys, key_set = self._keys
        codes, code_set = self._scans
        by_set = np.empty(self.size, dtype=np.int64)
        by_set[key_set] = keys
        return np.asarray(codes), by_set[code_set]

    # Columns ------------------------------------------------------------------------------------------

    @cached_property
    def _zone_key(self) -> NDArray[np.uint32]:
        return self._columns.whole("zone_key")

    @cached_property
    def _geometry(self) -> tuple[NDArray[Any], ...]:
        return tuple(self._columns.whole(name) for name in ("crval1", "crval2", "crota2", "shape"))

    @cached_property
    def _shapes(self) -> Shapes:
        return Shapes.of(self._columns.whole("shapes"))

    @cached_property
    def _keys(self) -> tuple[NDArray[Any], NDArray[Any]]:
        return self._columns.whole("key"), self._columns.whole("key_set")

    @cached_property
    def _scans(self) -> tuple[NDArray[Any], NDArray[Any]]:
        return self._columns.whole("scan_code"), self._columns.whole("scan_set")

    def _footprints(self, rows: SetNumbers) -> Footprints:
        crval1, crval2, crota2, shape = self._geometry
        return Footprints(crval1[rows], crval2[rows], crota2[rows], shape[rows], self._shapes)


def _check(count: int, limit: int | None) -> None:
    if limit is not None and count > limit:
        raise TooLarge(f"{count} image sets match, and the limit is {limit}")


def _chunks(sizes: NDArray[np.integer], owner: SetNumbers | None = None) -> list[tuple[int, int]]:
    """Runs of ranges with about `CHUNK` candidates each; ranges of one owner stay together."""
    total = np.cumsum(sizes)
    if len(total) == 0 or total[-1] <= CHUNK:
        return [(0, len(total))]
    cuts = np.flatnonzero(np.diff(total // CHUNK)) + 1
    if owner is not None:
        cuts = np.unique(np.searchsorted(owner, owner[cuts], side="left"))
    edges = [0, *(c for c in cuts.tolist() if c > 0), len(total)]
    return list(pairwise(edges))


def _joined(found: list[PositionMatches]) -> PositionMatches:
    columns = [np.concatenate([getattr(m, name) for m in found]) for name in ("row", "set", "edge_dist")]
    return PositionMatches(*columns)
