"""Workbooks of Excel (.xlsx, ECMA-376): every sheet is read as a table, through python-calamine."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from typing import Any

from skybatch.tables.readers.excel.workbook_check import checked_workbook
from skybatch.tables.readers.model import Bounds, Record, Select, Table, Upload, unreadable_table
from skybatch.tables.readers.text_formats.grid import Grid, read_grid


def read(plain: bytes, select: Select, bounds: Bounds) -> Upload:
    """Read the sheets of a workbook.

    Raises InvalidRequest for other zip files and damaged ones, TooLarge for what would take too much memory.
    """
    tables: list[Table] = []
    notices: list[str] = []
    for name, rows in _sheets(checked_workbook(plain, bounds)):
        sheet = _read_sheet(name, rows, select, bounds, sum(map(len, tables)))
        tables += sheet.tables
        notices += [f"Sheet {name}: {notice[0].lower()}{notice[1:]}" for notice in sheet.notices]
    if not tables:
        raise unreadable_table("the workbook holds no cells")
    return Upload(tuple(tables), tuple(notices))


def _sheets(workbook: bytes) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield the name and the cells of each sheet, from row 1 and column A on."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        opened = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
        for name in opened.sheet_names:
            yield name, opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise unreadable_table(f"the workbook cannot be read ({str(error)[:200]}); save it as CSV") from None
    except BaseException as error:
        # A panic of the library, in Rust, is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise unreadable_table("the workbook cannot be read; save it as CSV") from None


def _read_sheet(
    name: str, rows: Sequence[Sequence[Any]], select: Select, bounds: Bounds, before: int
) -> Upload:
    """Read one sheet; one without a cell has no table."""
    if not any(value not in ("", None) for row in rows for value in row):
        return Upload(())
    return read_grid(Grid("Excel sheet", _records(rows), title=name), select, bounds, before)


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
    """Write a cell as text: a whole number without a point, a duration as hours, minutes and seconds."""
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
