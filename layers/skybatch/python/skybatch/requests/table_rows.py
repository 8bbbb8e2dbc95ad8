"""The rows of an uploaded table as rows of a request, every bad cell noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skybatch.errors import TooLarge
from skybatch.requests import values
from skybatch.requests.model import SCAN_IMAGE_SETS, Mode, Row
from skybatch.requests.position_rows import place_rows
from skybatch.requests.table_columns import DATE_COLUMNS, REQUEST_POINT, Cells, first_present, wanted
from skybatch.sky.position import SkyPosition
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.surveys.twomass.layout import ATLAS_SUFFIXES, QUICKLOOK_SUFFIXES
from skybatch.tables.readers.detect import read_table
from skybatch.tables.readers.model import Table, unreadable
from skybatch.validation import ErrorCollector

FORMS = ("fits.gz", "fits", "fz")
# A row of ours may also ask for an image just as it is stored.
ROW_FORMS = (*FORMS, *(suffix[1:] for suffix in (*ATLAS_SUFFIXES, *QUICKLOOK_SUFFIXES)))


@dataclass(frozen=True)
class Defaults:
    """What the request says for rows that say nothing themselves."""

    bands: tuple[str, ...]
    best_only: bool


@dataclass(frozen=True)
class Listing:
    """The rows of a table, and whether we wrote it."""

    rows: tuple[Row, ...]
    from_service: bool


def read_rows(upload: bytes, mode: Mode, defaults: Defaults, max_rows: int, max_bytes: int) -> Listing:
    """Read an uploaded table as the rows of a list mode.

    ``max_rows`` bounds rows, in scans image sets; ``max_bytes`` bounds a gzipped table's inflated size.
    Raises InvalidRequest naming up to 100 bad cells, TooLarge for too many rows or bytes.
    """
    table = read_table(upload, wanted(mode, max_rows), max_bytes)
    if not len(table):
        raise unreadable("there are no rows of data", table.header_line)
    errors = ErrorCollector()
    reading = Cells(table, errors)
    if mode is Mode.POSITIONS:
        rows = position_rows(reading, defaults)
    elif mode is Mode.COADD_KEYS:
        rows = key_rows(reading, defaults)
    else:
        check_image_sets(table, max_rows)
        rows = scan_rows(reading, defaults)
    errors.raise_if_any()
    return Listing(tuple(rows), table.from_service)


def position_rows(reading: Cells, defaults: Defaults) -> list[Row]:
    """One row a position or object name."""
    placed = place_rows(reading)
    return [
        Row(
            bands=defaults.bands,
            position=where if isinstance(where, SkyPosition) else None,
            name=where if isinstance(where, str) else None,
            size=reading.value("size", index, values.size, None),
            best_only=reading.value("best", index, values.flag, defaults.best_only),
            **shared(reading, index),
        )
        for index, where in enumerate(placed)
    ]


def key_rows(reading: Cells, defaults: Defaults) -> list[Row]:
    """One row a coadd key, with the point to crop around where ``req_ra`` and ``req_dec`` give one."""
    first_present(reading.table, ["coadd_key"], "the number of an image set")
    return [
        Row(
            bands=reading.value("band", index, values.bands, defaults.bands),
            coadd_key=reading.required("coadd_key", index, values.coadd_key),
            **crop_point(reading, index),
            **shared(reading, index),
        )
        for index in range(len(reading.table))
    ]


def scan_rows(reading: Cells, defaults: Defaults) -> list[Row]:
    """One row a date, hemisphere, scan and, if given, image number."""
    date = first_present(reading.table, DATE_COLUMNS, "observation date yymmdd")
    first_present(reading.table, ["hem"], "hemisphere, n or s")
    first_present(reading.table, ["scan"], "nightly scan number")
    return [
        Row(
            bands=reading.value("band", index, values.bands, defaults.bands),
            date=reading.required(date, index, values.xdate),
            hem=reading.required("hem", index, values.hemisphere),
            scan=reading.required("scan", index, values.scan),
            image=reading.value("image", index, values.image, None),
            **shared(reading, index),
        )
        for index in range(len(reading.table))
    ]


def shared(reading: Cells, index: int) -> dict[str, Any]:
    """What rows of every mode have; number, data set, type and form from a table of ours."""
    table = reading.table
    common: dict[str, Any] = {
        "row_number": index + 1,
        "id": reading.value("id", index, values.row_id, None),
        "line": table.lines[index],
    }
    if table.from_service:
        common["row_number"] = reading.value("scntr", index, values.row_number, 0)
        common["dataset"] = reading.value("dataset", index, dataset, table.marks.get("dataset"))
        common["image_type"] = reading.value("type", index, values.image_type, None)
        common["delivery_format"] = reading.value("form", index, form, table.marks.get("form"))
    return common


def crop_point(reading: Cells, index: int) -> dict[str, Any]:
    """The position (ICRS degrees) and size to crop by, where the row has them."""
    ra, dec = (reading.value(column, index, values.number, None) for column in REQUEST_POINT)
    if ra is None or dec is None:
        return {}
    if not (0.0 <= ra <= 360.0 and -90.0 <= dec <= 90.0):
        rule = "req_ra lies between 0 and 360, req_dec between -90 and 90 degrees"
        reading.note(REQUEST_POINT[0], index, f"{ra} {dec}", rule)
    return {"position": SkyPosition(ra % 360.0, dec), "size": reading.value("size", index, values.size, None)}


def dataset(text: str) -> str:
    """The short name of a data set."""
    return values.choice(text, tuple(DATASETS))


def form(text: str) -> str:
    """The form a whole image is delivered in."""
    return values.choice(text, ROW_FORMS)


def check_image_sets(table: Table, most: int) -> None:
    """Hold a scan list to its limit: a row without an image number counts as 23 image sets."""
    images = table.columns.get("image", [None] * len(table))
    count = sum(1 if names_one_image(text) else SCAN_IMAGE_SETS for text in images)
    if count > most and not table.from_service:
        raise TooLarge(
            f"The table asks for {count} image sets and may ask for {most}: a row without an image number"
            f" counts as {SCAN_IMAGE_SETS}. Please split it."
        )


def names_one_image(text: str | None) -> bool:
    """Whether an image cell names a single image; a bad one does, its error comes later."""
    if text is None or text.lower() == "nan":
        return False
    value = values.integer(text)
    return value is None or value > 0
