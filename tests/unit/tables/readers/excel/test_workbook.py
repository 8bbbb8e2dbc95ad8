"""Workbooks of Excel: every sheet is read."""

from __future__ import annotations

import datetime

import pytest

from skybatch.tables.readers.excel import workbook as reader
from tests.support.hostile.parts import workbook
from tests.support.tables.table_reading import refusal, rows_of, upload_of


def sheet(*rows: tuple[object, ...]) -> str:
    """The XML of rows of text, numbers and empty cells."""
    return "".join(
        f'<row r="{number}">{"".join(map(_cell, row))}</row>' for number, row in enumerate(rows, 1)
    )


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return "<c/>" if value is None else f"<c><v>{value!r}</v></c>"


HEADER = ("name", "ra", "dec")
ROW = ("M 31", 10.5, 41)


def test_every_sheet_is_read_with_its_title_rows() -> None:
    first = sheet(("My targets",), (None,), HEADER, ROW)
    second = sheet(HEADER, ("M 33", 23.46, -1.5), (None, None, None), ("x", 1, 2))
    upload = upload_of(workbook(first, second, sheet(), names=("May", "June", "Empty")))
    assert [table.header.title for table in upload.tables] == ["May", "June"]
    assert [list(table.lines) for table in upload.tables] == [[4], [2, 4]]
    assert rows_of(upload.tables[0]) == [{"name": "M 31", "ra": "10.5", "dec": "41"}]
    assert rows_of(upload.tables[1])[0] == {"name": "M 33", "ra": "23.46", "dec": "-1.5"}
    assert upload.notices[0].startswith("Sheet May:")


def test_shared_texts_are_read() -> None:
    cells = "".join(f'<c t="s"><v>{index}</v></c>' for index in range(3))
    texts = "<si><t>name</t></si><si><t>ra</t></si><si><r><t>de</t></r><r><t>c</t></r></si>"
    row = sheet(ROW).replace(' r="1"', "")
    upload = upload_of(workbook(f"<row>{cells}</row>{row}", strings=texts))
    assert rows_of(upload.tables[0]) == [{"name": "M 31", "ra": "10.5", "dec": "41"}]


def test_an_empty_workbook_is_refused() -> None:
    assert "no cells" in refusal(workbook("")).detail


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (True, "y"),
        (None, ""),
        (" a ", "a"),
        (datetime.timedelta(hours=13, minutes=37, seconds=0.5), "13:37:00.500000"),
        (datetime.date(1997, 10, 31), "1997-10-31"),
    ],
)
def test_cells_are_written_as_people_see_them(value: object, text: str) -> None:
    assert reader._text(value) == text
