"""FITS tables (FITS standard 4.0, section 7), through astropy: the file's first table extension."""

from __future__ import annotations

import io
import warnings
from typing import Any

from skybatch.errors import SkybatchError
from skybatch.tables.readers.model import (
    SERVICE_KEYWORDS,
    ColumnSelection,
    UploadedTable,
    select_columns,
    text_or_null,
    unreadable_table,
)
from skybatch.tables.schemas.common import TABLE_MARKER

MAX_EXTENSIONS = 100


def read(content: bytes, selection: ColumnSelection) -> UploadedTable:
    """Read the selected columns of the first binary or ASCII table.

    Raises InvalidRequest for a file without one or a damaged one, TooLarge for too many rows.
    """
    from astropy.io import fits

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with fits.open(io.BytesIO(content), memmap=False, lazy_load_hdus=True) as file:
                return first_table(file, len(content), selection)
    except SkybatchError:
        raise
    except Exception as error:  # noqa: BLE001  astropy meets damage with errors of many classes
        raise unreadable_table(f"the FITS table cannot be read ({str(error)[:200]})") from None


def first_table(file: Any, size: int, selection: ColumnSelection) -> UploadedTable:
    """Read the first table extension, checked against the file's size before anything is allocated for it."""
    for index in range(MAX_EXTENSIONS):
        try:
            hdu = file[index]
        except IndexError:
            break
        if hdu.header.get("XTENSION", "").strip() in ("BINTABLE", "TABLE"):
            return read_extension(hdu, size, selection)
    raise unreadable_table("this FITS file holds no table")


def read_extension(hdu: Any, size: int, selection: ColumnSelection) -> UploadedTable:
    """Read one table extension's selected columns as text."""
    header = hdu.header
    rows, width = int(header["NAXIS2"]), int(header["NAXIS1"])
    if rows < 0 or width < 0 or rows * width > size:
        raise unreadable_table("the FITS file ends before its table does")
    names = tuple(str(name) for name in hdu.columns.names)
    keywords = {name: str(header[name]) for name in SERVICE_KEYWORDS if name in header}
    from_service = TABLE_MARKER in keywords or TABLE_MARKER in (name.lower() for name in names)
    selection.check_count(rows, from_service)
    places = select_columns(names, selection)
    if rows and hdu.columns.dtype.itemsize != width:
        raise unreadable_table("the FITS table's columns do not fill its rows")
    columns = {name: column_text(hdu, index) if rows else [] for name, index in places.items()}
    return UploadedTable("FITS table", names, columns, [None] * rows, None, keywords)


def column_text(hdu: Any, index: int) -> list[str | None]:
    """Return a column's cells; NaN, the column's TNULL and blank text are null."""
    column = hdu.columns[index]
    values = hdu.data.field(index)
    if values.ndim != 1:
        raise unreadable_table("each cell must hold one value, not an array", column=column.name)
    kind = values.dtype.kind
    if kind in "SU":
        return [text_or_null(str(value)) for value in values]
    if kind == "b":
        return ["y" if value else "n" for value in values]
    if kind not in "iuf":
        raise unreadable_table("holds neither text nor numbers", column=column.name)
    nulls = ("nan", str(column.null))
    return [None if str(value) in nulls else str(value) for value in values]
