"""Build an inventory from the archive's own metadata tables, joined with a listing of the stored files.

Tables are trusted for everything but sizes; an impossible value refuses the whole import, with its file,
line, column and rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import numpy as np

from skybatch.archive.coverage import coverage_of
from skybatch.archive.header_reader import read_tile_table
from skybatch.archive.image_records import (
    IMAGE_RECORD,
    QUICKLOOK_RECORD,
    SUFFIX_CODE,
    UNREADABLE,
    Problem,
    Rows,
    assemble_image_sets,
    image_code,
    key_of,
    reject_inconsistent,
    reject_outliers,
    unreadable,
)
from skybatch.archive.index import IN_FLIGHT, IndexReport
from skybatch.archive.metadata_rows import atlas_records
from skybatch.concurrency import parallel_map
from skybatch.errors import CellError, InvalidRequest, InventoryError, NotFound
from skybatch.fits.tiles.tile_table import TileTable
from skybatch.inventory.publish import publish
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.image_id import TILED_SUFFIX, dataset_prefix, parse_scan_key
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS

CHUNK_ROWS = 20_000
# Tables do not state the length of the FITS header; the survey's fill four blocks.
HEADER_BLOCKS = 4

Progress = Callable[[int], None]


def import_tables(
    tree: Tree,
    dataset: str,
    tables: Iterable[Path],
    *,
    header_blocks: int = HEADER_BLOCKS,
    progress: Progress = lambda rows: None,
) -> IndexReport:
    """Publish the images of metadata tables as the current inventory of a data set.

    Stored sizes, file suffixes and Quicklooks come from a listing of ``tree``; an image in the tables but
    not in the tree is kept with size 0. Files in no table, and bands whose pixel grid or coadd key
    contradicts their set, are reported.

    Raises
    ------
    InvalidRequest
        For missing columns, impossible values (up to 100 are named) and images listed twice with different
        values; nothing is changed.
    InventoryError
        Where the tables hold no Atlas image.
    """
    records = _read_records(dataset, tables, header_blocks, progress)
    if not len(records):
        raise InventoryError("the tables hold no Atlas image")
    quicklooks, orphans = _join(tree, dataset, records)
    records, outliers = reject_outliers(dataset, records)
    records, inconsistencies = reject_inconsistent(dataset, records)
    sets, orphan_quicklooks = assemble_image_sets(dataset, records, quicklooks)
    version = publish(tree, sets, numbered=False, origin="import", coverage=coverage_of(sets))
    found = sum(int(np.count_nonzero(sets.quicklook_bytes[band])) for band in BANDS)
    problems = (*orphans, *outliers, *inconsistencies, *orphan_quicklooks)
    images = int(np.count_nonzero(records["bytes"]))
    return IndexReport(version, len(sets), images, found, 0, 0, problems)


def _read_records(dataset: str, tables: Iterable[Path], header_blocks: int, progress: Progress) -> Rows:
    """Read the records of all tables, in order of images, each image once."""
    errors: list[tuple[Path, CellError]] = []
    of_tables = [np.zeros(0, dtype=IMAGE_RECORD)]
    for path in tables:
        rows = atlas_records(path, dataset, header_blocks, errors)
        chunks = [np.zeros(0, dtype=IMAGE_RECORD)]
        while chunk := list(islice(rows, CHUNK_ROWS)):
            chunks.append(np.array(chunk, dtype=IMAGE_RECORD))
            progress(len(chunk))
        of_tables.append(_once(dataset, str(path), np.concatenate(chunks)))
    if errors:
        sentences = "; ".join(f"{path}, {error.sentence()}" for path, error in errors)
        raise InvalidRequest(f"the tables are refused: {sentences}", errors=[error for _, error in errors])
    return _once(dataset, "two tables", np.concatenate(of_tables))


def _once(dataset: str, where: str, records: Rows) -> Rows:
    """Reduce records to one per image, by code and band; InvalidRequest where two lines differ."""
    records = records[np.lexsort((records["line"], records["band"], records["code"]))]
    same = (records["code"][1:] == records["code"][:-1]) & (records["band"][1:] == records["band"][:-1])
    repeated = np.flatnonzero(same) + 1
    for second in repeated.tolist():
        pair = records[second - 1 : second + 1].copy()
        lines = pair["line"].tolist()
        pair["line"] = 0
        if pair[0].tobytes() != pair[1].tobytes():
            name = key_of(dataset, records[second])
            raise InvalidRequest(f"{where}, lines {lines[0]} and {lines[1]}: different values of {name}")
    return np.delete(records, repeated)


def _join(tree: Tree, dataset: str, records: Rows) -> tuple[Rows, list[Problem]]:
    """Fill in sizes and suffixes from a listing; return its Quicklooks and the files in no table."""
    image = records["code"] * len(BANDS) + records["band"]
    quicklooks, problems, tiled = [], [], []
    for entry in tree.entries(dataset_prefix(dataset)):
        try:
            identity, kind, suffix = parse_scan_key(entry.path)
        except NotFound:
            problems.append(Problem(entry.path, "not the name of an image in the archive's layout"))
            continue
        code, band = image_code(identity), BANDS.index(identity.band)
        if kind is ImageType.QUICKLOOK:
            quicklooks.append((code, band, SUFFIX_CODE[suffix], entry.size))
            continue
        place = int(np.searchsorted(image, code * len(BANDS) + band))
        if place == len(image) or image[place] != code * len(BANDS) + band:
            problems.append(Problem(entry.path, "in no metadata table"))
        elif suffix == TILED_SUFFIX:
            tiled.append((place, entry))
        elif records["bytes"][place]:
            problems.append(
                Problem(entry.path, f"a second file for the image {key_of(dataset, records[place])}")
            )
        else:
            records["bytes"][place], records["suffix"][place] = entry.size, SUFFIX_CODE[suffix]
    problems += _join_tiled(tree, records, tiled)
    return np.array(quicklooks, dtype=QUICKLOOK_RECORD), problems


def _join_tiled(tree: Tree, records: Rows, tiled: list[tuple[int, Entry]]) -> list[Problem]:
    """Fill in tile-compressed copies, which must be read to know where their tiles are."""
    problems = []
    tables = parallel_map(lambda one: _tile_table(tree, one[1]), tiled, IN_FLIGHT)
    for (place, entry), table in zip(tiled, tables, strict=True):
        if isinstance(table, Problem):
            problems.append(table)
            continue
        row = records[place : place + 1]
        row["tiled_bytes"], row["tile_table"], row["tile_heap"] = (
            entry.size,
            table.table_offset,
            table.heap_offset,
        )
        if not row["bytes"][0]:
            row["bytes"], row["suffix"] = entry.size, SUFFIX_CODE[TILED_SUFFIX]
    return problems


def _tile_table(tree: Tree, entry: Entry) -> TileTable | Problem:
    try:
        return read_tile_table(tree, entry)
    except UNREADABLE as error:
        return unreadable(entry.path, error)
