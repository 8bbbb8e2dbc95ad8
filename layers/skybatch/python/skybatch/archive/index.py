"""Build an inventory from the images themselves: list a tree or bucket, read every header, publish.

Only headers are read, many at a time. Every few thousand images what was learnt is kept as an object below
``inventory/{dataset}/index/``; an index that was cut off starts again from there, and files that did not
change since are not read again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np

from skybatch.archive.checkpoints import Checkpoints
from skybatch.archive.coverage import coverage_of
from skybatch.archive.header_reader import check_identity, pixel_grid, read_header, read_tile_table
from skybatch.archive.image_records import (
    IMAGE_RECORD,
    QUICKLOOK_RECORD,
    SUFFIX_CODE,
    UNREADABLE,
    Problem,
    Rows,
    assemble_image_sets,
    image_code,
    reject_inconsistent,
    reject_outliers,
    unreadable,
)
from skybatch.concurrency import parallel_map
from skybatch.errors import InventoryError, NotFound
from skybatch.fits.cards import Value
from skybatch.inventory.image_sets import ImageSets, scan_codes
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import MAX_BYTES, publish
from skybatch.inventory.versions import INDEX_FOLDER
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.image_id import (
    TILED_SUFFIX,
    ScanImageId,
    dataset_prefix,
    inventory_folder,
    parse_scan_key,
)
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import DATASETS

IN_FLIGHT = 32
CHECKPOINT_IMAGES = 2000

Progress = Callable[[int], None]


@dataclass(frozen=True)
class IndexReport:
    """Result of an index or import.

    Attributes
    ----------
    version
        Version of the new inventory.
    sets, images, quicklooks
        How many it holds.
    numbered
        Image sets whose coadd key is a number of our own.
    reused
        Images whose headers an earlier, interrupted run had read.
    problems
        Files and table lines that were skipped.
    """

    version: str
    sets: int
    images: int
    quicklooks: int
    numbered: int
    reused: int
    problems: tuple[Problem, ...]


@dataclass
class _Listing:
    """Findings of the listing of a data set besides the images to read."""

    quicklooks: list[tuple[int, int, int, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reused: list[int] = field(default_factory=list)


def datasets_in(tree: Tree) -> list[str]:
    """List the data sets of which a tree holds any file."""
    return [dataset for dataset in DATASETS if next(iter(tree.entries(dataset_prefix(dataset))), None)]


def index(
    tree: Tree,
    dataset: str,
    *,
    in_flight: int = IN_FLIGHT,
    checkpoint_images: int = CHECKPOINT_IMAGES,
    progress: Progress = lambda images: None,
) -> IndexReport:
    """Index one data set of a tree and publish the result as its current inventory.

    Headers carry no coadd key. Image sets that the current inventory knows keep theirs; new ones are
    numbered from the highest upwards, in order of date, hemisphere, scan and image number. ``progress`` is
    called with the number of further images done. Unusable files are skipped and reported.

    Raises
    ------
    InventoryError
        Where there is nothing to index.
    """
    checkpoints = Checkpoints(tree, f"{inventory_folder(dataset)}/{INDEX_FOLDER}/", IMAGE_RECORD)
    known = checkpoints.load()
    listing = _Listing()
    fresh = _to_read(tree, dataset, known, listing, progress)
    records = [_table([])]
    while batch := list(islice(fresh, checkpoint_images)):
        rows = list(parallel_map(lambda item: _record(tree, *item), batch, in_flight))
        listing.problems += [row for row in rows if isinstance(row, Problem)]
        records.append(_table([row for row in rows if isinstance(row, tuple)]))
        checkpoints.append(records[-1])
        progress(len(batch))
    records.append(known[listing.reused])
    return _publish(tree, dataset, np.concatenate(records), listing, checkpoints)


def _publish(
    tree: Tree, dataset: str, records: Rows, listing: _Listing, checkpoints: Checkpoints
) -> IndexReport:
    if not len(records):
        found = _first(listing.problems) or f"there is none; {_held(tree)}"
        raise InventoryError(f"no image of data set {dataset} could be indexed: {found}")
    records, outliers = reject_outliers(dataset, records)
    records, inconsistencies = reject_inconsistent(dataset, records)
    sets, orphans = assemble_image_sets(
        dataset, records, np.array(listing.quicklooks, dtype=QUICKLOOK_RECORD)
    )
    sets, numbered = with_coadd_keys(tree, sets)
    version = publish(tree, sets, numbered=numbered > 0, origin="index", coverage=coverage_of(sets))
    checkpoints.clear()
    problems = (*listing.problems, *outliers, *inconsistencies, *orphans)
    quicklooks = sum(int(np.count_nonzero(sets.quicklook_bytes[band])) for band in BANDS)
    return IndexReport(version, len(sets), len(records), quicklooks, numbered, len(listing.reused), problems)


def _first(problems: list[Problem]) -> str:
    if len(problems) == 1:
        return f"the only file was skipped, {problems[0]}"
    return f"{len(problems)} files were skipped, the first {problems[0]}" if problems else ""


def _held(tree: Tree) -> str:
    held = datasets_in(tree)
    if held:
        return f"the tree holds {', '.join(held)}"
    folders = ", ".join(f"{dataset_prefix(dataset)} ({dataset})" for dataset in DATASETS)
    return f"the tree holds no data set, which are looked for in {folders}"


def with_coadd_keys(tree: Tree, sets: ImageSets) -> tuple[ImageSets, int]:
    """Give image sets their coadd keys; return also how many of these are numbers of our own."""
    codes = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
    keys = np.zeros(len(sets), dtype=np.int64)
    highest, ours_before = 0, False
    try:
        old = Inventory.open(tree, sets.dataset)
    except InventoryError:
        old = None
    if old is not None and old.size:
        old_codes, old_keys = old.numbering()
        place = np.minimum(np.searchsorted(old_codes, codes), old.size - 1)
        keys = np.where(old_codes[place] == codes, old_keys[place], 0)
        highest, ours_before = int(old_keys.max()), old.numbered
    new = np.flatnonzero(keys == 0)
    keys[new[np.argsort(codes[new])]] = highest + 1 + np.arange(len(new))
    return replace(sets, coadd_key=keys), len(sets) if ours_before else len(new)


def _to_read(
    tree: Tree, dataset: str, known: Rows, listing: _Listing, progress: Progress
) -> Iterator[tuple[Entry, ScanImageId, str]]:
    """Yield the images whose headers must be read, in order of the listing; add the rest to ``listing``."""
    seen = {(int(row["code"]), int(row["band"]), int(row["suffix"])): n for n, row in enumerate(known)}
    for entry in tree.entries(dataset_prefix(dataset)):
        try:
            image, kind, suffix = parse_scan_key(entry.path)
        except NotFound:
            listing.problems.append(Problem(entry.path, "not the name of an image in the archive's layout"))
            continue
        place = (image_code(image), BANDS.index(image.band), SUFFIX_CODE[suffix])
        number = seen.get(place)
        if not 0 < entry.size <= MAX_BYTES:
            listing.problems.append(Problem(entry.path, _unusable_size(entry.size)))
        elif kind is ImageType.QUICKLOOK:
            listing.quicklooks.append((*place, entry.size))
        elif number is not None and _unchanged(known[number], entry):
            listing.reused.append(number)
            progress(1)
        else:
            yield entry, image, suffix


def _unusable_size(size: int) -> str:
    return f"{size} bytes; at most {MAX_BYTES} can be kept" if size else "an empty file, or a link to nothing"


def _unchanged(row: Any, entry: Entry) -> bool:
    return bool(row["bytes"] == entry.size and row["modified"] == entry.modified)


def _record(tree: Tree, entry: Entry, image: ScanImageId, suffix: str) -> tuple[Any, ...] | Problem:
    """Return the record of one stored image, or the reason why it has none."""
    try:
        tiles = read_tile_table(tree, entry) if suffix == TILED_SUFFIX else None
        header = tiles.header if tiles else read_header(tree, entry)
        check_identity(header, image)
        grid = pixel_grid(header)
        zero_point, ut_date = header.get("MAGZP"), header.get("UT_DATE")
    except UNREADABLE as error:
        return unreadable(entry.path, error)
    record: dict[str, Any] = {
        **grid,
        "code": image_code(image),
        "band": BANDS.index(image.band),
        "suffix": SUFFIX_CODE[suffix],
        "bytes": entry.size,
        "modified": entry.modified,
        "header_blocks": header.blocks,
        "ut_date": ut_date if isinstance(ut_date, str) else image.date,
        "coadd_key": 0,
        "naxis1": header.naxis1,
        "naxis2": header.naxis2,
        # The header's SEESH is another quantity than the metadata tables' seesh.
        "seesh": np.nan,
        "magzp": _magnitude(zero_point),
        "msnr10": np.nan,
        "line": 0,
        "tiled_bytes": entry.size if tiles else 0,
        "tile_table": tiles.table_offset if tiles else 0,
        "tile_heap": tiles.heap_offset if tiles else 0,
    }
    return tuple(record[name] for name in IMAGE_RECORD.names or ())


def _magnitude(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return math.nan
    return float(value)


def _table(rows: list[tuple[Any, ...]]) -> Rows:
    return np.array(rows, dtype=IMAGE_RECORD)
