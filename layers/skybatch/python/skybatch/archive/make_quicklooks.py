"""Make the Quicklook of every Atlas image that lacks one, and publish the inventory anew."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

import numpy as np

from skybatch.archive.image_records import (
    QUICKLOOK_RECORD,
    SUFFIX_CODE,
    UNREADABLE,
    Problem,
    image_code,
    quicklook_columns,
    unreadable,
)
from skybatch.archive.whole_files import read_whole
from skybatch.concurrency import parallel_map
from skybatch.errors import InventoryError, NotFound
from skybatch.imaging.quicklook import compress_quicklook
from skybatch.inventory.coverage.coverage_files import published_coverage
from skybatch.inventory.image_sets import ImageSets, scan_codes
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.image_id import ScanImageId, dataset_prefix, parse_scan_key, quicklook_key
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS

Progress = Callable[[int], None]


@dataclass(frozen=True)
class QuicklookReport:
    """Quicklooks made and already present, files that failed, and the new inventory version.

    ``version`` is empty where the data set has no inventory yet, or nothing was made.
    """

    made: int
    present: int
    problems: tuple[Problem, ...]
    version: str


def make_quicklooks(
    tree: Tree, dataset: str, *, processes: int = os.cpu_count() or 1, progress: Progress = lambda n: None
) -> QuicklookReport:
    """Write the missing Quicklooks of a data set in the original program's format, then publish them.

    A Quicklook is made from the Atlas image, rounded to 16-bit integers and compressed lossily (hcompress,
    scale 4). Images that cannot be read are skipped and reported. An interrupted run can be repeated: it
    continues with what is missing.
    """
    made, present, problems = 0, 0, []
    # Encoding keeps a core busy, reading and writing wait: processes for the one, threads for the others.
    # Spawned, because the object store's own threads do not survive a fork.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawned) as encoders:
        outcomes = parallel_map(
            lambda item: _make_one(tree, *item, encoders), _atlas(tree, dataset), 2 * processes
        )
        for outcome in outcomes:
            made += outcome == "made"
            present += outcome == "present"
            problems += [outcome] if isinstance(outcome, Problem) else []
            progress(1)
    return QuicklookReport(made, present, tuple(problems), republish(tree, dataset) if made else "")


def _atlas(tree: Tree, dataset: str) -> Iterator[tuple[Entry, ScanImageId, bool]]:
    """Yield listing, identity and presence of a Quicklook of each Atlas image, a scan at a time."""
    for _, scan in groupby(stored_images(tree, dataset), lambda one: (one[1].date, one[1].hem, one[1].scan)):
        files = list(scan)
        seen = {image for _, image, kind, _ in files if kind is ImageType.QUICKLOOK}
        atlas = {image: entry for entry, image, kind, _ in reversed(files) if kind is ImageType.ATLAS}
        yield from ((entry, image, image in seen) for image, entry in sorted(atlas.items()))


def stored_images(tree: Tree, dataset: str) -> Iterator[tuple[Entry, ScanImageId, ImageType, str]]:
    """Yield every image file of a data set, in order of its path, with identity, type and suffix."""
    for entry in tree.entries(dataset_prefix(dataset)):
        try:
            yield entry, *parse_scan_key(entry.path)
        except NotFound:
            continue


def _make_one(
    tree: Tree, entry: Entry, image: ScanImageId, present: bool, encoders: Executor
) -> Problem | Literal["made", "present"]:
    if present:
        return "present"
    try:
        stream = encoders.submit(compress_quicklook, read_whole(tree, entry)).result()
    except UNREADABLE as error:
        return unreadable(entry.path, error)
    tree.write(quicklook_key(image), stream)
    return "made"


def republish(tree: Tree, dataset: str) -> str:
    """Publish the current inventory anew with the Quicklooks that are stored now; return its version.

    Headers are not read again. Without an inventory nothing is done, and the version is empty.
    """
    try:
        inventory = Inventory.open(tree, dataset)
    except InventoryError:
        return ""
    sets = inventory.details(np.arange(inventory.size))
    found = (
        (entry, image, suffix)
        for entry, image, kind, suffix in stored_images(tree, dataset)
        if kind is ImageType.QUICKLOOK
    )
    sets, coverage = with_quicklooks_of(sets, found), published_coverage(tree, dataset, inventory.version)
    return publish(tree, sets, numbered=inventory.numbered, origin="quicklooks", coverage=coverage)


def with_quicklooks_of(sets: ImageSets, found: Iterable[tuple[Entry, ScanImageId, str]]) -> ImageSets:
    """Set the Quicklook columns of image sets from stored Quicklooks (file, identity, suffix)."""
    codes = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
    order = np.argsort(codes)
    rows = [
        (image_code(image), BANDS.index(image.band), SUFFIX_CODE[suffix], entry.size)
        for entry, image, suffix in found
    ]
    columns, _ = quicklook_columns(sets.dataset, codes[order], np.array(rows, dtype=QUICKLOOK_RECORD))
    back = np.argsort(order)
    sizes, suffixes = ({band: by[band][back] for band in BANDS} for by in columns.values())
    return replace(sets, quicklook_bytes=sizes, quicklook_suffix=suffixes)
