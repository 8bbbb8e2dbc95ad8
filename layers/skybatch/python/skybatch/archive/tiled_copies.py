"""Records of tile-compressed copies: read from and published to the inventory; deletion of originals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from skybatch.archive.checkpoints import Rows
from skybatch.archive.image_records import image_code
from skybatch.archive.make_quicklooks import stored_images, with_quicklooks_of
from skybatch.errors import InventoryError
from skybatch.inventory.coverage.coverage_files import published_coverage
from skybatch.inventory.image_sets import TILES, ImageSets, scan_codes
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.trees import Tree
from skybatch.surveys.image_id import TILED_SUFFIX
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS

# One row per image: its tile-compressed copy, bytes of the original (0: none), whether made by this run.
TILED_COPY = np.dtype(
    [("code", "<i8"), ("band", "u1"), *((name, "<i8") for name in TILES), ("original", "<i8"), ("made", "?")]
)


def published_copies(tree: Tree, dataset: str) -> Rows:
    """Return the tile-compressed copies that the current inventory lists."""
    try:
        inventory = Inventory.open(tree, dataset)
    except InventoryError:
        return np.zeros(0, TILED_COPY)
    sets = inventory.details(np.arange(inventory.size))
    codes = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
    tables = []
    for number, band in enumerate(BANDS):
        there = np.flatnonzero(sets.tiled_bytes[band])
        table = np.zeros(len(there), TILED_COPY)
        table["code"], table["band"] = codes[there], number
        for name in TILES:
            table[name] = getattr(sets, name)[band][there]
        tables.append(table)
    return np.concatenate(tables)


def publish_tiles(tree: Tree, dataset: str, rows: Rows, delete_originals: bool) -> str:
    """Publish the current inventory anew with these copies; the version is empty where there is none."""
    try:
        inventory = Inventory.open(tree, dataset)
    except InventoryError:
        return ""
    sets = with_tiles(inventory.details(np.arange(inventory.size)), rows, delete_originals)
    files = stored_images(tree, dataset)
    found = ((entry, image, suffix) for entry, image, kind, suffix in files if kind is ImageType.QUICKLOOK)
    sets = with_quicklooks_of(sets, found)
    coverage = published_coverage(tree, dataset, inventory.version)
    return publish(tree, sets, numbered=inventory.numbered, origin="repack", coverage=coverage)


def with_tiles(sets: ImageSets, rows: Rows, delete_originals: bool) -> ImageSets:
    """Add the copies of ``rows`` to image sets; with ``delete_originals`` the sets list these alone."""
    codes = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
    order = np.argsort(codes)
    columns: dict[str, Any] = {name: {} for name in (*TILES, "bytes", "suffix")}
    for number, band in enumerate(BANDS):
        mine = rows[rows["band"] == number]
        place = order[np.minimum(np.searchsorted(codes, mine["code"], sorter=order), len(codes) - 1)]
        mine, place = mine[codes[place] == mine["code"]], place[codes[place] == mine["code"]]
        for name in TILES:
            columns[name][band] = np.zeros(len(sets), np.int64)
            columns[name][band][place] = mine[name]
        size, suffix = sets.bytes[band].copy(), sets.suffix[band].copy()
        alone = place if delete_originals else place[mine["original"] == 0]
        size[alone], suffix[alone] = columns["tiled_bytes"][band][alone], TILED_SUFFIX
        columns["bytes"][band], columns["suffix"][band] = size, suffix
    return replace(sets, **columns)


def delete_originals_of(tree: Tree, dataset: str, rows: Rows, quicklooks: bool) -> int:
    """Delete the originals of images in ``rows``, and where asked of their Quicklooks; return how many."""
    sound = {(int(row["code"]), int(row["band"])) for row in rows}
    removed = 0
    entries = list(stored_images(tree, dataset))
    with_quicklook = {
        image for _, image, kind, suffix in entries if kind is ImageType.QUICKLOOK and suffix == TILED_SUFFIX
    }
    for entry, image, kind, suffix in entries:
        mine = (image_code(image), BANDS.index(image.band)) in sound
        if (
            suffix != TILED_SUFFIX
            and mine
            and (kind is ImageType.ATLAS or (quicklooks and image in with_quicklook))
        ):
            tree.delete(entry.path)
            removed += 1
    return removed
