"""A workbook is bounded before the library sees it."""

from __future__ import annotations

import io
import zipfile

import pytest

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.tables.readers.excel.workbook_check import checked_workbook
from skybatch.tables.readers.model import Bounds
from tests.support.hostile import workbooks
from tests.support.hostile.parts import workbook

BOUNDS = Bounds(rows=9, marked_rows=9, inflated_bytes=100_000, spanned_cells=1000, elements=5000)


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<a/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["mimetype", "content.xml"], "OpenDocument"),
        (["word/document.xml"], "text document"),
        (["xl/workbook.bin"], "xlsb"),
        (["a.csv"], "zip archive"),
    ],
)
def test_other_zip_files_are_said_what_they_are(names: list[str], word: str) -> None:
    with pytest.raises(InvalidRequest, match=word):
        checked_workbook(zipped(*names), BOUNDS)


def test_parts_that_are_not_xml_are_left_out() -> None:
    checked = checked_workbook(zipped("xl/workbook.xml", "xl/media/image1.png", "_rels/.rels"), BOUNDS)
    assert zipfile.ZipFile(io.BytesIO(checked)).namelist() == ["xl/workbook.xml", "_rels/.rels"]


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>',
        '<row r="1"><c/></row><row r="1001"><c/></row>',
        "<row><c r='ZZZZZZZZZ1'/></row>",
        "<row><c/></row>" * 1001,
    ],
)
def test_far_cells_are_refused_however_they_are_said(sheet: str) -> None:
    with pytest.raises(TooLarge):
        checked_workbook(workbook(sheet), BOUNDS)


def test_a_text_shared_by_many_cells_is_counted_for_each() -> None:
    cells = '<row><c t="s"><v>0</v></c></row>' * 500
    strings = f"<si><t>{'x' * 50_000}</t></si>"
    with pytest.raises(TooLarge, match="text"):
        checked_workbook(workbook(cells, strings=strings), BOUNDS)


def test_entities_damage_and_lies_are_refused() -> None:
    entities = zipped("xl/workbook.xml").replace(b"<a/>", b"<a/>")
    assert checked_workbook(entities, BOUNDS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    for content in (
        out.getvalue(),
        workbooks.workbook_lying_size(50_000),
        zipped("xl/workbook.xml")[:-30],
    ):
        with pytest.raises(InvalidRequest):
            checked_workbook(content, BOUNDS)
