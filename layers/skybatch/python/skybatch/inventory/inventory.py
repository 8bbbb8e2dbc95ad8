"""Which images there are and where they lie: the look-ups over one immutable version of one data set.

Positions and regions come in ICRS degrees and are brought to the images' own frame here. Answers are numbers
of image sets, ascending in inventory order: declination zone, then right ascension, then identity (see
`skybatch.inventory.set_columns`). Equal questions to one version have equal answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.errors import InventoryError, TooLarge
from skybatch.inventory.format2 import RecordedSets
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.indexed_sets import IndexedSets
from skybatch.inventory.manifest import RECORD_FORMAT, Manifest, read_manifest
from skybatch.inventory.matches import ListMatches, PixelPositions, PositionMatches, SetNumbers
from skybatch.inventory.versions import current_version
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.regions import Relation, SkyRegion
from skybatch.sky.vectors import Floats
from skybatch.sky.zones import rows_of_ranges
from skybatch.storage.trees import ReadableTree
from skybatch.surveys.image_id import inventory_folder
from skybatch.surveys.known import survey_of

# Candidates looked at in one go: bounds memory (about 300 bytes each) where a field was scanned often.
CHUNK = 100_000

Ranges = tuple[SetNumbers, SetNumbers, SetNumbers]


class StoredSets(Protocol):
    """What look-ups need of the files of a version, whatever their format."""

    @property
    def frame(self) -> ImageFrame:
        """Frame of all coordinates."""

    def candidates(self, vectors: Floats, radius: float) -> Ranges:
        """Return ranges that hold all within a radius of vectors; the number of their vector ascends."""

    def rows(self, starts: SetNumbers, stops: SetNumbers) -> tuple[SetNumbers, SetNumbers]:
        """Return the sets of ranges, and for each the number of its range."""

    def footprints(self, rows: SetNumbers) -> Footprints:
        """Return where sets lie."""

    def by_number(self, wanted: NDArray[np.int64]) -> SetNumbers:
        """Return the set of each number, -1 where there is none."""

    def by_id(self, wanted: NDArray[np.bytes_]) -> Ranges:
        """Return ranges in order of identity: the sets of each identifier."""

    def own_bands(self, rows: SetNumbers) -> NDArray[np.integer] | None:
        """Return the number of each row's band, None where rows have all bands."""

    @property
    def bands_apart(self) -> bool:
        """Whether each band of an image set has a row of its own."""

    def by_scan(self, date: ArrayLike, hem: ArrayLike, scan: ArrayLike, image: NDArray[np.int64]) -> Ranges:
        """Return ranges in order of identity: an image of a scan, or all of it for numbers of 0 or less."""

    def in_order_of_identity(self, places: SetNumbers) -> SetNumbers:
        """Return the sets at these places in the order of identity."""

    def details(self, rows: SetNumbers) -> ImageSets:
        """Return all that is known of sets."""

    def numbering(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the codes of all sets, ascending, and the number of each."""


class Inventory:
    """One version of one data set's inventory.

    ``size`` is the number of image sets, ``bands_apart`` whether each band of an image set has a grid of its
    own, and so a number of its own: what is said of sets here is then said of each of their bands.
    ``numbered`` whether the coadd keys are our own numbers because
    the images came without a metadata table, ``sky_fraction`` how much of the sky its coverage map covers,
    None where it has no map. Columns are mapped, and fetched where need be, when first used.
    """

    def __init__(self, source: ReadableTree, dataset: str, version: str, manifest: Manifest) -> None:
        self.dataset, self.version = dataset, version
        self.size, self.numbered = manifest.size, manifest.numbered
        self.sky_fraction = manifest.sky_fraction
        kept = RecordedSets if manifest.format <= RECORD_FORMAT else IndexedSets
        self._sets: StoredSets = kept(source, dataset, version, manifest)
        self._frame, self.bands_apart = self._sets.frame, self._sets.bands_apart

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

    def in_region(
        self,
        region: SkyRegion,
        relation: Relation,
        limit: int | None = None,
        bands: Sequence[str] | None = None,
    ) -> SetNumbers:
        """Return the sets in this relation to a region, ascending; ``center``: those that hold its centre.

        Of bands that are apart only those named are found.

        Raises TooLarge, naming both numbers, where there are more than ``limit`` sets.
        """
        wanted = None if bands is None else self.wanted_bands([bands])
        region = region.in_frame(self._frame)
        radius = 0.0 if relation == "center" else region.angular_radius
        starts, stops, _ = self._sets.candidates(region.center, radius)
        found, count = [], 0
        for first, last in _chunks(stops - starts):
            rows = self._sets.rows(starts[first:last], stops[first:last])[0]
            rows = rows if wanted is None else rows[wanted[0, self.own_bands(rows)]]
            rows = rows[region.matches(self._sets.footprints(rows), relation)]
            count += len(rows)
            if limit is None or count <= limit:
                found.append(rows)
        _check_limit(count, limit)
        rows = np.concatenate(found)
        rows.sort()
        return rows

    def any_near(self, ra: ArrayLike, dec: ArrayLike, radius: float) -> NDArray[np.bool_]:
        """Return whether an image may lie within ``radius`` degrees of each of (n,) positions.

        It is told by the images' places alone: one that is told may be somewhat farther away.
        """
        vectors = np.atleast_2d(self._frame.vectors(ra, dec))
        starts, stops, owner = self._sets.candidates(vectors, radius)
        return np.bincount(owner[stops > starts], minlength=len(vectors)) > 0

    def wanted_bands(self, bands: Sequence[Sequence[str]]) -> NDArray[np.bool_] | None:
        """Return which bands each of some lists names, (n, bands of the survey); None where none is apart."""
        if not self.bands_apart:
            return None
        known = survey_of(self.dataset).bands
        return np.array([[band in named for band in known] for named in bands], bool)

    def own_bands(self, sets: SetNumbers) -> NDArray[np.integer]:
        """Return the number of each set's band in the order of the survey; zeros where none is apart."""
        found = self._sets.own_bands(sets)
        return np.zeros(len(sets), np.intp) if found is None else found

    def positions(
        self,
        ra: ArrayLike,
        dec: ArrayLike,
        best: ArrayLike = False,
        limit: int | None = None,
        bands: Sequence[Sequence[str]] | None = None,
    ) -> PositionMatches:
        """Return the images that contain each of (n,) positions; where ``best`` holds, only the most centred.

        Of bands that are apart that is one of each, and only those are found that ``bands`` names for the
        position.

        Raises TooLarge, naming both numbers, where there are more than ``limit`` matches in all.
        """
        vectors = np.atleast_2d(self._frame.vectors(ra, dec))
        only_best = np.broadcast_to(np.asarray(best, dtype=bool), len(vectors))
        wanted = None if bands is None else self.wanted_bands(bands)
        starts, stops, owner = self._sets.candidates(vectors, 0.0)
        found, count = [], 0
        for first, last in _chunks(stops - starts, owner):
            sets, of_range = self._sets.rows(starts[first:last], stops[first:last])
            row = owner[first:last][of_range]
            if wanted is not None:
                named = wanted[row, self.own_bands(sets)]
                row, sets = row[named], sets[named]
            matches = self._containing(vectors, row, sets, only_best)
            count += len(matches)
            if limit is None or count <= limit:
                found.append(matches)
        _check_limit(count, limit)
        return PositionMatches.concatenated(found)

    def _containing(
        self, vectors: Floats, row: SetNumbers, sets: SetNumbers, only_best: NDArray[np.bool_]
    ) -> PositionMatches:
        placed = _pixel_positions(self._sets.footprints(sets), vectors[row])
        candidates = PositionMatches(row, sets, placed.x, placed.y, placed.edge_distance)
        inside = candidates.take(np.flatnonzero(placed.edge_distance >= 0.0))
        ordered = inside.take(np.lexsort((inside.set_index, -inside.edge_distance, inside.row)))
        return ordered.take(self._first_of_row(ordered) | ~only_best[ordered.row])

    def _first_of_row(self, ordered: PositionMatches) -> NDArray[np.bool_]:
        """Tell which matches are the first of their row, or of their row and band where bands are apart."""
        if not self.bands_apart:
            return np.asarray(np.diff(ordered.row, prepend=-1) != 0)
        of_band = ordered.row * len(survey_of(self.dataset).band) + self.own_bands(ordered.set_index)
        first = np.zeros(len(ordered), bool)
        first[np.unique(of_band, return_index=True)[1]] = True
        return first

    def by_coadd_key(self, coadd_keys: ArrayLike) -> SetNumbers:
        """Return the set of each coadd key (n,), -1 where there is none."""
        return self._sets.by_number(np.asarray(coadd_keys, dtype=np.int64))

    def by_image_id(self, ids: Sequence[str]) -> ListMatches:
        """Return the set of each identifier that there is; all of its bands where they are apart."""
        wanted = np.array([each.encode("ascii", "replace") for each in ids], np.bytes_)
        place, row = rows_of_ranges(*self._sets.by_id(wanted)[:2])
        return ListMatches(row, self._sets.in_order_of_identity(place))

    def by_scan(
        self, date: ArrayLike, hem: ArrayLike, scan: ArrayLike, image: ArrayLike = 0, limit: int | None = None
    ) -> ListMatches:
        """Return the sets of each row of a scan list; an image number of 0 or less means all of the scan.

        ``date`` is yymmdd text, ``hem`` n or s, ``scan`` 1–999, (n,) each; ``image`` (n,) or one number.
        Raises TooLarge where there are more than ``limit`` sets in all.
        """
        number = np.broadcast_to(np.asarray(image, dtype=np.int64), np.shape(scan))
        starts, stops, _ = self._sets.by_scan(date, hem, scan, number)
        _check_limit(int(np.sum(stops - starts)), limit)
        place, row = rows_of_ranges(starts, stops)
        return ListMatches(row, self._sets.in_order_of_identity(place))

    def pixel_positions(self, sets: ArrayLike, ra: ArrayLike, dec: ArrayLike) -> PixelPositions:
        """Return where position i lies in set i, (n,) each; a single position is that of all sets."""
        rows = np.atleast_1d(np.asarray(sets, dtype=np.intp))
        vectors = np.broadcast_to(self._frame.vectors(ra, dec), (len(rows), 3))
        return _pixel_positions(self._sets.footprints(rows), vectors)

    def footprints(self, sets: ArrayLike) -> Footprints:
        """Return where these sets lie, in the order given."""
        return self._sets.footprints(np.atleast_1d(np.asarray(sets, dtype=np.intp)))

    def details(self, sets: ArrayLike) -> ImageSets:
        """Return all that is known of these sets, in the order given; each column is read when it is used."""
        return self._sets.details(np.atleast_1d(np.asarray(sets, dtype=np.intp)))

    def numbering(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the codes of all sets (see `scan_codes`), ascending, and the coadd key of each."""
        return self._sets.numbering()


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
