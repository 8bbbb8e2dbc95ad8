"""What a repack learns of tiled images, and how the inventory and the archive follow it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from skybatch.archive.checkpoints import Rows
from skybatch.archive.image_records import image_code
from skybatch.archive.make_quicklooks import stored, with_quicklooks_of
from skybatch.errors import InventoryError
from skybatch.inventory.image_sets import TILES, ImageSets, scan_codes
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.objects import Tree
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.layout import TILED_SUFFIX

# One row an image: its tiled form, the bytes of the other (0: there is none), and whether this run made it.
DONE = np.dtype(
    [("code", "<i8"), ("band", "u1"), *((name, "<i8") for name in TILES), ("original", "<i8"), ("made", "?")]
)


def published(tree: Tree, dataset: str) -> Rows:
    """What the current inventory knows of tiled forms."""
    try:
        inventory = Inventory.open(tree, dataset)
    except InventoryError:
        return np.zeros(0, DONE)
    sets = inventory.details(np.arange(inventory.size))
    codes = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
    tables = []
    for number, band in enumerate(BANDS):
        there = np.flatnonzero(sets.tiled_bytes[band])
        table = np.zeros(len(there), DONE)
        table["code"], table["band"] = codes[there], number
        for name in TILES:
            table[name] = getattr(sets, name)[band][there]
        tables.append(table)
    return np.concatenate(tables)


def publish_tiles(tree: Tree, dataset: str, rows: Rows, instead: bool) -> str:
    """Publish the current inventory anew with the tiled forms; empty where the data set has none."""
    try:
        inventory = Inventory.open(tree, dataset)
    except InventoryError:
        return ""
    sets = with_tiles(inventory.details(np.arange(inventory.size)), rows, instead)
    files = stored(tree, dataset)
    found = ((entry, image, suffix) for entry, image, kind, suffix in files if kind is ImageType.QUICKLOOK)
    sets = with_quicklooks_of(sets, found)
    return publish(tree, sets, numbered=inventory.numbered, origin="repack")


def with_tiles(sets: ImageSets, rows: Rows, instead: bool) -> ImageSets:
    """The sets with the tiled forms of ``rows``, ``instead``: with these alone."""
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
        alone = place if instead else place[mine["original"] == 0]
        size[alone], suffix[alone] = columns["tiled_bytes"][band][alone], TILED_SUFFIX
        columns["bytes"][band], columns["suffix"][band] = size, suffix
    return replace(sets, **columns)


def remove_others(tree: Tree, dataset: str, rows: Rows, quicklooks: bool) -> int:
    """Delete the other forms of images that ``rows`` has, and where wanted of their Quicklooks; how many."""
    sound = {(int(row["code"]), int(row["band"])) for row in rows}
    removed = 0
    entries = list(stored(tree, dataset))
    drawn = {
        image for _, image, kind, suffix in entries if kind is ImageType.QUICKLOOK and suffix == TILED_SUFFIX
    }
    for entry, image, kind, suffix in entries:
        mine = (image_code(image), BANDS.index(image.band)) in sound
        if suffix != TILED_SUFFIX and mine and (kind is ImageType.ATLAS or (quicklooks and image in drawn)):
            tree.delete(entry.path)
            removed += 1
    return removed
