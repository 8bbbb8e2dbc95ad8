"""Workbooks of Excel (.xlsx, ECMA-376): every sheet is read as a table, through python-calamine.

The workbook is looked over before the library sees it: its size inflated, how far its cells reach, and how much
text its cells share, since one cell far away, or one long text in many cells, would take memory without bound.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from skybatch.errors import TooLarge
from skybatch.tables.readers.grid import Grid, read_grid
from skybatch.tables.readers.model import Bounds, Record, Select, Table, Upload, unreadable_table

MOST_MEMBERS = 500
MOST_SHARED_TEXT = 50_000_000  # characters over all cells
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_SHARED = re.compile(rb'<c\b[^>]*?\bt="s"[^>]*>\s*<v>([0-9]{1,9})</v>')
_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")


def read(plain: bytes, select: Select, bounds: Bounds) -> Upload:
    """Read the sheets of a workbook.

    Raises InvalidRequest for other zip files and damaged ones, TooLarge for what would take too much memory.
    """
    _check(plain, bounds)
    from python_calamine import CalamineError, CalamineWorkbook

    tables: list[Table] = []
    notices: list[str] = []
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(plain))
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(value not in ("", None) for row in rows for value in row):
                grid = Grid("Excel sheet", _records(rows), title=name)
                sheet = read_grid(grid, select, bounds, sum(map(len, tables)))
                tables += sheet.tables
                notices += [f"Sheet {name}: {notice[0].lower()}{notice[1:]}" for notice in sheet.notices]
    except CalamineError as error:
        raise unreadable_table(f"the workbook cannot be read ({str(error)[:200]})") from None
    if not tables:
        raise unreadable_table("the workbook holds no cells")
    return Upload(tuple(tables), tuple(notices))


def _check(plain: bytes, bounds: Bounds) -> None:
    """Raise for a zip file that is no workbook, or that would grow beyond the bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(plain)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > bounds.inflated_bytes:
                raise TooLarge(
                    f"The workbook holds more than {bounds.inflated_bytes} bytes; please send the sheet as CSV."
                )
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise unreadable_table(_other_zip(names))
            sheets = [archive.read(m) for m in members if m.filename.startswith("xl/worksheets/")]
            strings = archive.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in names else b""
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise unreadable_table(f"the workbook is damaged ({str(error)[:100]})") from None
    if any(mark in part for part in (*sheets, strings) for mark in _ENTITIES):
        raise unreadable_table("entity declarations are not accepted in a workbook")
    lengths = np.array([len(part) for part in strings.split(b"</si>")], np.int64)
    for sheet in sheets:
        _check_extent(sheet, bounds)
        _check_text(sheet, lengths)


def _other_zip(names: set[str]) -> str:
    if "mimetype" in names and "content.xml" in names:
        return "this is an OpenDocument file; save it as .xlsx or CSV"
    if "word/document.xml" in names:
        return "this is a text document; send the table itself"
    if "xl/workbook.bin" in names:
        return "this is a binary workbook (.xlsb); save it as .xlsx or CSV"
    return "this is a zip archive; send the table itself, plain or gzipped"


def _check_extent(sheet: bytes, bounds: Bounds) -> None:
    """Hold the rectangle that a sheet's cells span to the bound of cells."""
    columns = rows = 1
    for letters, row in _CELL.findall(sheet):
        rows = max(rows, int(row))
        number = 0
        for letter in letters:
            number = 26 * number + letter - 64
        columns = max(columns, number)
    if columns * rows > bounds.cells:
        raise TooLarge(f"A sheet spans {columns} columns and {rows} rows; please send the table as CSV.")


def _check_text(sheet: bytes, lengths: np.ndarray[Any, np.dtype[np.int64]]) -> None:
    """Hold the text that cells share to a bound: the library copies it into each cell."""
    used = np.array([int(index) for index in _SHARED.findall(sheet)], np.int64)
    total = int(lengths[used[used < len(lengths)]].sum())
    if total > MOST_SHARED_TEXT:
        raise TooLarge("The cells of a sheet hold too much text; please send the table as CSV.")


def _records(rows: Sequence[Sequence[Any]]) -> Iterator[Record]:
    gap = False
    for number, row in enumerate(rows, 1):
        values = [_text(value) for value in row]
        if any(values):
            yield Record(values, number, gap)
            gap = False
        else:
            gap = True


def _text(value: Any) -> str:
    """A cell as text; a number without a fraction as a whole one, a time of day as hours, minutes, seconds."""
    if isinstance(value, bool):
        return "y" if value else "n"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(value.total_seconds(), 60)
        hours, minutes = divmod(int(minutes), 60)
        return f"{hours:02d}:{minutes:02d}:{seconds:09.6f}"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip() if value is not None else ""
