"""Read image records from the rows of the archive's metadata tables.

Two sets of columns are known: that of the batch service's image inventory (``date`` or ``xdate``, ``hem``,
``scan``, ``image``, ``band``, ``crval``, …) and the native one of the archive's search (``ordate``,
``hemisphere``, ``scanno``, ``coaddno``, ``filter``, ``crval1``, …).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skybatch.archive.image_records import IMAGE_RECORD, SUFFIX_CODE, image_code
from skybatch.archive.metadata_cells import InvalidCell, MetadataRow
from skybatch.errors import CellError
from skybatch.inventory.image_sets import TILES
from skybatch.surveys.image_id import ScanImageId, image_suffixes
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import DEFAULT_DATASET
from skybatch.surveys.twomass.bands import BAND_NAMES, BANDS
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.tables.files.stream import stream_rows

MAX_REPORTED_ERRORS = 100
_PAIRS = ("naxis", "crpix", "cdelt", "scale", "crval")
# Every column that is read, in lower case.
COLUMNS = frozenset(
    [
        *("format", "type", "dataset", "xdate", "date", "ordate", "hem", "hemisphere", "scan", "scanno"),
        *("image", "coaddno", "band", "filter", "ut_date", "coadd_key", "seesh", "magzp", "msnr10"),
        *(f"{stem}{axis}" for stem in _PAIRS for axis in ("", "1", "2")),
        *("center_ra", "ra", "center_dec", "dec", "crota2"),
    ]
)
# Bands by the names that metadata tables call their filters.
USUAL_SUFFIX = image_suffixes(DEFAULT_DATASET, ImageType.ATLAS)[0]
BAND_OF_FILTER = {word: band for band, name in BAND_NAMES.items() for word in (band, name.lower())}
ATLAS = ImageType.ATLAS.letter
# The survey's pixel size in degrees, for tables that give image centres only (survey documentation).
CDELT = 0.0002777777845


def atlas_records(
    path: Path, dataset: str, header_blocks: int, errors: list[tuple[Path, CellError]]
) -> Iterator[tuple[Any, ...]]:
    """Yield the records of the rows that are Atlas images; add invalid values to ``errors``."""
    for number, row in stream_rows(path, COLUMNS):
        if (row.get("format") or "image/fits") != "image/fits" or (row.get("type") or ATLAS).upper() != ATLAS:
            continue
        try:
            record = _record(MetadataRow(path, number, row), dataset, header_blocks)
        except InvalidCell as bad:
            errors.append((path, bad.error))
            if len(errors) >= MAX_REPORTED_ERRORS:
                return
            continue
        yield tuple(record[name] for name in IMAGE_RECORD.names or ())


def _record(row: MetadataRow, dataset: str, header_blocks: int) -> dict[str, Any]:
    image = _identity(row, dataset)
    return {
        **_grid(row),
        "code": image_code(image),
        "band": BANDS.index(image.band),
        "suffix": SUFFIX_CODE[USUAL_SUFFIX],
        "bytes": 0,
        "modified": 0,
        "header_blocks": header_blocks,
        "ut_date": row.date("ut_date") if row.has_value("ut_date") else image.date,
        "coadd_key": row.integer(1, 2**31 - 1, "coadd_key"),
        "seesh": row.number_or_nan("seesh"),
        "magzp": row.number_or_nan("magzp"),
        "msnr10": row.number_or_nan("msnr10"),
        "line": row.line or 0,
        **dict.fromkeys(TILES, 0),
    }


def _identity(row: MetadataRow, dataset: str) -> ScanImageId:
    named = row.text("dataset") if row.has_value("dataset") else dataset
    if named not in DATASETS or named != dataset:
        raise row.invalid("dataset", named, f"is not {dataset}, the data set to be imported")
    return ScanImageId(
        dataset=dataset,
        date=row.date("xdate", "date", "ordate"),
        hem=row.choice({"n": "n", "s": "s", "north": "n", "south": "s"}, "hem", "hemisphere"),
        scan=row.integer(1, 999, "scan", "scanno"),
        image=row.integer(1, 9999, "image", "coaddno"),
        band=row.choice(BAND_OF_FILTER, "band", "filter"),
    )


def _grid(row: MetadataRow) -> dict[str, float]:
    """Read the pixel grid from pairs (``naxis``), single columns (``naxis1``), or the image's centre."""
    naxis1, naxis2 = row.pair("naxis", 1, 100_000)
    centred = ((naxis1 + 1) / 2, (naxis2 + 1) / 2)
    crpix1, crpix2 = row.pair("crpix", -1e6, 1e6, default=centred)
    step = "scale" if row.has_column("scale") else "cdelt"
    cdelt1, cdelt2 = row.pair(step, -0.1, 0.1, default=(-CDELT, CDELT))
    if cdelt1 == 0.0 or cdelt2 == 0.0:
        raise row.invalid(step, "0", "must not be 0")
    if row.has_column("crval", "crval1"):
        crval1, crval2 = row.pair("crval", -90.0, 360.0)
    else:
        crval1, crval2 = (
            row.number(0.0, 360.0, "center_ra", "ra"),
            row.number(-90.0, 90.0, "center_dec", "dec"),
        )
    if not (0.0 <= crval1 <= 360.0 and crval2 <= 90.0):
        raise row.invalid(
            "crval", f"{crval1} {crval2}", "must be a right ascension and a declination in degrees"
        )
    # The sine of the far corner's distance must stay below 1, and images of a survey are small.
    if math.hypot(naxis1 * cdelt1, naxis2 * cdelt2) > 45.0:
        raise row.invalid("naxis", f"{naxis1:g} {naxis2:g}", "makes an image of more than 45 degrees")
    return {
        "naxis1": naxis1, "naxis2": naxis2, "crpix1": crpix1, "crpix2": crpix2, "cdelt1": cdelt1,
        "cdelt2": cdelt2, "crval1": crval1 % 360.0, "crval2": crval2,
        "crota2": row.number(-360.0, 360.0, "crota2"),
    }  # fmt: skip
