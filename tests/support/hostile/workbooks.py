"""Hostile workbooks: far cells, shared text, and parts larger than the zip file says."""

from __future__ import annotations

import struct

from tests.support.hostile.parts import workbook


def workbook_far_cell(_: int) -> bytes:
    """One cell in the first place and one in the last."""
    return workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )


def workbook_far_row(_: int) -> bytes:
    """The same, said by the row alone, whose cells have no reference."""
    cells = "<c><v>1</v></c>" * 200
    return workbook(f'<row r="1">{cells}</row><row r="1048576">{cells}</row>')


def workbook_spanned(_: int) -> bytes:
    """Two cells that span as many cells as may be."""
    return workbook('<row r="1"><c r="A1"><v>1</v></c></row><row r="9999"><c r="CV9999"><v>1</v></c></row>')


def workbook_shared_text(size: int) -> bytes:
    """One long text in many cells."""
    cells = '<row><c t="s"><v>0</v></c></row>' * min(size // 640, 100_000)
    return workbook(cells, strings="<si><t>" + "x" * (size // 4) + "</t></si>")


def workbook_cells(size: int) -> bytes:
    """Cells as short as they can be."""
    row = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
    return workbook(row * (size // len(row)))


def workbook_strings(size: int) -> bytes:
    """Texts that no cell uses."""
    return workbook("<row><c><v>1</v></c></row>", strings="<si><t/></si>" * (size // 13))


def workbook_sheets(size: int) -> bytes:
    """Sheets without end."""
    return workbook(*["<row><c><v>1</v></c></row>"] * min(size // 300, 10_000))


def workbook_lying_size(size: int) -> bytes:
    """A sheet that is larger than the zip file's directory says."""
    row = "<row><c><v>1</v></c></row>"
    content = bytearray(workbook(row * (size // len(row))))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.find(b"xl/worksheets/s1.xml")
        start = content.rfind(signature, 0, content.rfind(b"xl/worksheets/s1.xml") if offset == 24 else at)
        content[start + offset : start + offset + 4] = struct.pack("<I", 100)
    return bytes(content)


def zip_bomb(size: int) -> bytes:
    """A part that inflates to more than may be."""
    return workbook("<row><c><v>1</v></c></row>" + " " * (4 * size))
