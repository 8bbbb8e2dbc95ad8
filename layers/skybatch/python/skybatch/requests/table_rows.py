"""The rows of an uploaded table as rows of a request; every invalid cell is noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skybatch.errors import TooLarge
from skybatch.requests import values
from skybatch.requests.model import SCAN_IMAGE_SETS, Mode, Row
from skybatch.requests.position_rows import positions_or_names
from skybatch.requests.table_columns import (
    CROP_POSITION_COLUMNS,
    DATE_COLUMNS,
    CellParser,
    column_selection,
    first_present_column,
)
from skybatch.sky.position import SkyPosition
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.surveys.twomass.layout import ATLAS_SUFFIXES, QUICKLOOK_SUFFIXES
from skybatch.tables.readers.detect import read_table
from skybatch.tables.readers.model import UploadedTable, unreadable_table
from skybatch.validation import ErrorCollector

DELIVERY_FORMATS = ("fits.gz", "fits", "fz")
# A row of our own tables may also ask for an image just as it is stored.
ROW_DELIVERY_FORMATS = (
    *DELIVERY_FORMATS,
    *(suffix[1:] for suffix in (*ATLAS_SUFFIXES, *QUICKLOOK_SUFFIXES)),
)


@dataclass(frozen=True)
class RowDefaults:
    """The request's values for rows that have none of their own."""

    bands: tuple[str, ...]
    best_only: bool


@dataclass(frozen=True)
class RequestRows:
    """The rows of a request, and whether they are from a table that this service wrote."""

    rows: tuple[Row, ...]
    from_service: bool


def read_rows(upload: bytes, mode: Mode, defaults: RowDefaults, max_rows: int, max_bytes: int) -> RequestRows:
    """Read an uploaded table as the rows of a list mode.

    Parameters
    ----------
    upload
        The table's bytes, in any format the readers know, gzipped or not.
    mode
        A list mode.
    defaults
        Values for rows that have none of their own.
    max_rows
        Most rows; in scan lists most image sets.
    max_bytes
        Most bytes of a gzipped table after inflating.

    Raises
    ------
    InvalidRequest
        Cells are invalid (up to 100 are named), or the table cannot be read.
    TooLarge
        There are too many rows or bytes.
    """
    table = read_table(upload, column_selection(mode, max_rows), max_bytes)
    if not len(table):
        raise unreadable_table("there are no rows of data", table.header_line)
    errors = ErrorCollector()
    cells = CellParser(table, errors)
    if mode is Mode.POSITIONS:
        rows = position_rows(cells, defaults)
    elif mode is Mode.COADD_KEYS:
        rows = coadd_key_rows(cells, defaults)
    else:
        check_image_sets(table, max_rows)
        rows = scan_rows(cells, defaults)
    errors.raise_if_any()
    return RequestRows(tuple(rows), table.from_service)


def position_rows(cells: CellParser, defaults: RowDefaults) -> list[Row]:
    """Return a row for each position or object name."""
    found = positions_or_names(cells)
    return [
        Row(
            bands=defaults.bands,
            position=one if isinstance(one, SkyPosition) else None,
            name=one if isinstance(one, str) else None,
            size=cells.value("size", index, values.size, None),
            best_only=cells.value("best", index, values.flag, defaults.best_only),
            **common_fields(cells, index),
        )
        for index, one in enumerate(found)
    ]


def coadd_key_rows(cells: CellParser, defaults: RowDefaults) -> list[Row]:
    """Return a row for each coadd key, with the position to crop around where the row has one."""
    first_present_column(cells.table, ["coadd_key"], "the number of an image set")
    return [
        Row(
            bands=cells.value("band", index, values.bands, defaults.bands),
            coadd_key=cells.required("coadd_key", index, values.coadd_key),
            **crop_fields(cells, index),
            **common_fields(cells, index),
        )
        for index in range(len(cells.table))
    ]


def scan_rows(cells: CellParser, defaults: RowDefaults) -> list[Row]:
    """Return a row for each date, hemisphere, scan and, if given, image number."""
    date = first_present_column(cells.table, DATE_COLUMNS, "observation date yymmdd")
    first_present_column(cells.table, ["hem"], "hemisphere, n or s")
    first_present_column(cells.table, ["scan"], "nightly scan number")
    return [
        Row(
            bands=cells.value("band", index, values.bands, defaults.bands),
            date=cells.required(date, index, values.xdate),
            hem=cells.required("hem", index, values.hemisphere),
            scan=cells.required("scan", index, values.scan),
            image=cells.value("image", index, values.image, None),
            **common_fields(cells, index),
        )
        for index in range(len(cells.table))
    ]


def common_fields(cells: CellParser, index: int) -> dict[str, Any]:
    """Return the fields of rows of every mode; some only tables of this service have."""
    table = cells.table
    fields: dict[str, Any] = {
        "row_number": index + 1,
        "id": cells.value("id", index, values.row_id, None),
        "line": table.lines[index],
    }
    if table.from_service:
        keywords = table.keywords
        fields["row_number"] = cells.value("scntr", index, values.row_number, 0)
        fields["dataset"] = cells.value("dataset", index, parse_dataset, keywords.get("dataset"))
        fields["image_type"] = cells.value("type", index, values.image_type, None)
        fields["delivery_format"] = cells.value("form", index, parse_delivery_format, keywords.get("form"))
        fields["edge"] = cells.value("edge", index, values.edge_mode, None)
    return fields


def crop_fields(cells: CellParser, index: int) -> dict[str, Any]:
    """Return the position (ICRS degrees) and size of a crop, where the row has them."""
    ra, dec = (cells.value(column, index, values.number, None) for column in CROP_POSITION_COLUMNS)
    if ra is None or dec is None:
        return {}
    if not (0.0 <= ra <= 360.0 and -90.0 <= dec <= 90.0):
        rule = "req_ra lies between 0 and 360, req_dec between -90 and 90 degrees"
        cells.add_error(CROP_POSITION_COLUMNS[0], index, f"{ra} {dec}", rule)
    size = cells.value("size", index, values.size, None)
    return {"position": SkyPosition(ra % 360.0, dec), "size": size}


def parse_dataset(text: str) -> str:
    """Parse the short name of a data set."""
    return values.choice(text, tuple(DATASETS))


def parse_delivery_format(text: str) -> str:
    """Parse the file format a whole image is delivered in."""
    return values.choice(text, ROW_DELIVERY_FORMATS)


def check_image_sets(table: UploadedTable, max_image_sets: int) -> None:
    """Raise TooLarge for a scan list with too many image sets; a row without image number counts as 23."""
    images = table.columns.get("image", [None] * len(table))
    count = sum(1 if names_one_image(text) else SCAN_IMAGE_SETS for text in images)
    if count > max_image_sets and not table.from_service:
        raise TooLarge(
            f"The table asks for {count} image sets and may ask for {max_image_sets}: a row without an image"
            f" number counts as {SCAN_IMAGE_SETS}. Please split it."
        )


def names_one_image(text: str | None) -> bool:
    """Return whether an image cell names a single image; an invalid one does, its error comes later."""
    if text is None or text.lower() == "nan":
        return False
    value = values.integer(text)
    return value is None or value > 0
