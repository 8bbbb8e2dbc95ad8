"""Build an inventory from the archive's own metadata tables, joined with a listing of what is stored.

Two sets of columns are known: that of the batch service's image inventory (``date`` or ``xdate``, ``hem``,
``scan``, ``image``, ``band``, ``crval``, …) and the native one of the archive's search (``ordate``,
``hemisphere``, ``scanno``, ``coaddno``, ``filter``, ``crval1``, …). Tables are believed for everything but
sizes; an impossible value refuses the whole import, naming file, line, column and rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from skybatch.archive.header_reader import tiled_front
from skybatch.archive.image_records import (
    FACTS,
    QUICKLOOKS,
    SUFFIX_CODE,
    Problem,
    Rows,
    assemble,
    consistent,
    image_code,
    key_of,
)
from skybatch.archive.index import IN_FLIGHT, Report
from skybatch.concurrency import parallel_map
from skybatch.errors import CellError, InvalidRequest, InventoryError, NotFound, SourceError
from skybatch.fits.tiles.tile_table import TileTable
from skybatch.inventory.image_sets import TILES
from skybatch.inventory.publish import publish
from skybatch.storage.objects import Entry, Tree
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BAND_NAMES, BANDS
from skybatch.surveys.twomass.datasets import DATASETS, dataset_prefix
from skybatch.surveys.twomass.layout import TILED_SUFFIX, ImageId, parse_key
from skybatch.tables.readers.cells import BadCell, Line
from skybatch.tables.readers.stream import read_rows

MOST_ERRORS = 100
CHUNK_ROWS = 20_000
# Tables do not tell the length of the FITS header; the survey's fill four blocks.
HEADER_BLOCKS = 4
# The survey's pixel grid, for tables that give image centres only (survey documentation).
# Bands by the names that metadata tables call their filters.
BAND_OF_FILTER = {word: band for band, name in BAND_NAMES.items() for word in (band, name.lower())}
CDELT = 0.0002777777845

Progress = Callable[[int], None]


def import_tables(
    tree: Tree,
    dataset: str,
    tables: Iterable[Path],
    *,
    header_blocks: int = HEADER_BLOCKS,
    progress: Progress = lambda rows: None,
) -> Report:
    """Make the images of metadata tables the current inventory of a data set.

    Stored sizes, names' suffixes and Quicklooks come from a listing of ``tree``; an image that the tables
    have and the tree has not is kept with size 0. What is stored but in no table, and a band whose grid or
    coadd key contradicts its set, stands in the report. Raises InvalidRequest, and changes nothing, for
    missing columns, impossible values (up to 100 are named) and images listed twice with different facts.
    """
    facts = _facts(dataset, tables, header_blocks, progress)
    if not len(facts):
        raise InventoryError("the tables hold no Atlas image")
    quicklooks, strays = _join(tree, dataset, facts)
    facts, contradictions = consistent(dataset, facts)
    sets, stray_quicklooks = assemble(dataset, facts, quicklooks)
    version = publish(tree, sets, numbered=False, origin="import")
    found = sum(int(np.count_nonzero(sets.quicklook_bytes[band])) for band in BANDS)
    problems = (*strays, *contradictions, *stray_quicklooks)
    stored = int(np.count_nonzero(facts["bytes"]))
    return Report(version, len(sets), stored, found, 0, 0, problems)


def _facts(dataset: str, tables: Iterable[Path], header_blocks: int, progress: Progress) -> Rows:
    """The facts of all tables in the order of images, each image once."""
    errors: list[tuple[Path, CellError]] = []
    of_tables = [np.zeros(0, dtype=FACTS)]
    for path in tables:
        rows = _atlas_rows(path, dataset, header_blocks, errors)
        chunks = [np.zeros(0, dtype=FACTS)]
        while chunk := list(islice(rows, CHUNK_ROWS)):
            chunks.append(np.array(chunk, dtype=FACTS))
            progress(len(chunk))
        of_tables.append(_once(dataset, str(path), np.concatenate(chunks)))
    if errors:
        sentences = "; ".join(f"{path}, {error.sentence()}" for path, error in errors)
        raise InvalidRequest(f"the tables are refused: {sentences}", errors=[error for _, error in errors])
    return _once(dataset, "two tables", np.concatenate(of_tables))


def _atlas_rows(
    path: Path, dataset: str, header_blocks: int, errors: list[tuple[Path, CellError]]
) -> Iterator[tuple[Any, ...]]:
    """Facts of the rows that are Atlas images; what is wrong with others goes into ``errors``."""
    for number, row in read_rows(path):
        if (row.get("format") or "image/fits") != "image/fits" or (row.get("type") or "A").upper() != "A":
            continue
        try:
            facts = _fact(Line(path, number, row), dataset, header_blocks)
        except BadCell as bad:
            errors.append((path, bad.error))
            if len(errors) >= MOST_ERRORS:
                return
            continue
        yield tuple(facts[name] for name in FACTS.names or ())


def _fact(line: Line, dataset: str, header_blocks: int) -> dict[str, Any]:
    image = _identity(line, dataset)
    return {
        **_grid(line),
        "code": image_code(image),
        "band": BANDS.index(image.band),
        "suffix": SUFFIX_CODE[".fits.gz"],
        "bytes": 0,
        "modified": 0,
        "header_blocks": header_blocks,
        "ut_date": line.date("ut_date") if line.has("ut_date") else image.date,
        "coadd_key": line.integer(1, 2**31 - 1, "coadd_key"),
        "seesh": line.number_or_nan("seesh"),
        "magzp": line.number_or_nan("magzp"),
        "msnr10": line.number_or_nan("msnr10"),
        "line": line.number,
        **dict.fromkeys(TILES, 0),
    }


def _identity(line: Line, dataset: str) -> ImageId:
    named = line.text("dataset") if line.has("dataset") else dataset
    if named not in DATASETS or named != dataset:
        raise line.bad("dataset", named, f"is not {dataset}, the data set to be imported")
    return ImageId(
        dataset=dataset,
        date=line.date("xdate", "date", "ordate"),
        hem=line.choice({"n": "n", "s": "s", "north": "n", "south": "s"}, "hem", "hemisphere"),
        scan=line.integer(1, 999, "scan", "scanno"),
        image=line.integer(1, 9999, "image", "coaddno"),
        band=line.choice(BAND_OF_FILTER, "band", "filter"),
    )


def _grid(line: Line) -> dict[str, float]:
    """The pixel grid from pairs (``naxis``), single columns (``naxis1``), or the centre of the image."""
    naxis1, naxis2 = line.pair("naxis", 1, 100_000)
    centred = ((naxis1 + 1) / 2, (naxis2 + 1) / 2)
    crpix1, crpix2 = line.pair("crpix", -1e6, 1e6, default=centred)
    step = "scale" if line.lists("scale") else "cdelt"
    cdelt1, cdelt2 = line.pair(step, -0.1, 0.1, default=(-CDELT, CDELT))
    if cdelt1 == 0.0 or cdelt2 == 0.0:
        raise line.bad(step, "0", "must not be 0")
    if line.lists("crval", "crval1"):
        crval1, crval2 = line.pair("crval", -90.0, 360.0)
    else:
        crval1, crval2 = (
            line.value(0.0, 360.0, "center_ra", "ra"),
            line.value(-90.0, 90.0, "center_dec", "dec"),
        )
    if not (0.0 <= crval1 <= 360.0 and crval2 <= 90.0):
        raise line.bad(
            "crval", f"{crval1} {crval2}", "must be a right ascension and a declination in degrees"
        )
    # The sine of the far corner's distance must stay below 1, and images of a survey are small.
    if math.hypot(naxis1 * cdelt1, naxis2 * cdelt2) > 45.0:
        raise line.bad("naxis", f"{naxis1:g} {naxis2:g}", "makes an image of more than 45 degrees")
    return {
        "naxis1": naxis1, "naxis2": naxis2, "crpix1": crpix1, "crpix2": crpix2, "cdelt1": cdelt1,
        "cdelt2": cdelt2, "crval1": crval1 % 360.0, "crval2": crval2,
        "crota2": line.value(-360.0, 360.0, "crota2"),
    }  # fmt: skip


def _once(dataset: str, where: str, facts: Rows) -> Rows:
    """Each image once, by code and band; InvalidRequest where two lines differ about an image."""
    facts = facts[np.lexsort((facts["line"], facts["band"], facts["code"]))]
    same = (facts["code"][1:] == facts["code"][:-1]) & (facts["band"][1:] == facts["band"][:-1])
    repeated = np.flatnonzero(same) + 1
    for second in repeated.tolist():
        pair = facts[second - 1 : second + 1].copy()
        lines = pair["line"].tolist()
        pair["line"] = 0
        if pair[0].tobytes() != pair[1].tobytes():
            name = key_of(dataset, facts[second])
            raise InvalidRequest(f"{where}, lines {lines[0]} and {lines[1]}: different facts of {name}")
    return np.delete(facts, repeated)


def _join(tree: Tree, dataset: str, facts: Rows) -> tuple[Rows, list[Problem]]:
    """Fill in sizes and suffixes from a listing; answers the Quicklooks found and what is in no table."""
    image = facts["code"] * len(BANDS) + facts["band"]
    quicklooks, problems, tiled = [], [], []
    for entry in tree.entries(dataset_prefix(dataset)):
        try:
            stored, kind, suffix = parse_key(entry.path)
        except NotFound:
            problems.append(Problem(entry.path, "not the name of an image in the archive's layout"))
            continue
        code, band = image_code(stored), BANDS.index(stored.band)
        if kind is ImageType.QUICKLOOK:
            quicklooks.append((code, band, SUFFIX_CODE[suffix], entry.size))
            continue
        place = int(np.searchsorted(image, code * len(BANDS) + band))
        if place == len(image) or image[place] != code * len(BANDS) + band:
            problems.append(Problem(entry.path, "in no metadata table"))
        elif suffix == TILED_SUFFIX:
            tiled.append((place, entry))
        elif facts["bytes"][place]:
            problems.append(
                Problem(entry.path, f"a second file for the image {key_of(dataset, facts[place])}")
            )
        else:
            facts["bytes"][place], facts["suffix"][place] = entry.size, SUFFIX_CODE[suffix]
    problems += _join_tiled(tree, facts, tiled)
    return np.array(quicklooks, dtype=QUICKLOOKS), problems


def _join_tiled(tree: Tree, facts: Rows, tiled: list[tuple[int, Entry]]) -> list[Problem]:
    """Fill in the tiled forms: these must be read, for only they tell where their tiles lie."""
    problems = []
    fronts = parallel_map(lambda one: _front(tree, one[1]), tiled, IN_FLIGHT)
    for (place, entry), front in zip(tiled, fronts, strict=True):
        if isinstance(front, Problem):
            problems.append(front)
            continue
        row = facts[place : place + 1]
        row["tiled_bytes"], row["tile_table"], row["tile_heap"] = (
            entry.size,
            front.table_offset,
            front.heap_offset,
        )
        if not row["bytes"][0]:
            row["bytes"], row["suffix"] = entry.size, SUFFIX_CODE[TILED_SUFFIX]
    return problems


def _front(tree: Tree, entry: Entry) -> TileTable | Problem:
    try:
        return tiled_front(tree, entry)
    except SourceError as error:
        return Problem(entry.path, error.detail)
