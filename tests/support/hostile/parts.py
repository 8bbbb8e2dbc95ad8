"""The parts that hostile tables are made of: a VOTable around data, FITS headers, a workbook of sheets."""

from __future__ import annotations

import base64
import io
import zipfile

MARK = "skybatch"
COLUMNS = 990


def repeated(part: str, size: int, head: str = "", tail: str = "") -> bytes:
    """Text that repeats a part up to a size."""
    return (head + part * max((size - len(head) - len(tail)) // len(part), 1) + tail).encode()


def votable(fields: str, data: str, head: str = "") -> bytes:
    opening = f"<VOTABLE><RESOURCE>{head}<TABLE>{fields}<DATA>"
    return f"{opening}{data}</DATA></TABLE></RESOURCE></VOTABLE>".encode()


POSITION = '<FIELD name="ra" datatype="double"/><FIELD name="dec" datatype="double"/>'
MARKED = f'<PARAM name="{MARK}" value="1"/>'


def tabledata(row: str, size: int, fields: str = POSITION, head: str = MARKED) -> bytes:
    return votable(fields, f"<TABLEDATA>{row * (size // len(row))}</TABLEDATA>", head)


def binary(fields: str, row: bytes, size: int, encoding: str = "BINARY", head: str = MARKED) -> bytes:
    text = base64.b64encode(row * (size * 3 // 4 // len(row))).decode()
    return votable(fields, f"<{encoding}><STREAM encoding='base64'>{text}</STREAM></{encoding}>", head)


def fits_header(*cards: str) -> bytes:
    text = "".join(card.ljust(80) for card in (*cards, "END")).encode()
    return text.ljust(-(-len(text) // 2880) * 2880)


PRIMARY = fits_header("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0")


def fits_table(columns: list[tuple[str, str]], width: int, rows: int, *more: str, pcount: int = 0) -> bytes:
    cards = ["XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2", f"NAXIS1  = {width}", f"NAXIS2  = {rows}"]
    cards += [f"PCOUNT  = {pcount}", "GCOUNT  = 1", f"TFIELDS = {len(columns)}", *more]
    for number, (name, form) in enumerate(columns, 1):
        cards += [f"TTYPE{number}".ljust(8) + f"= '{name}'", f"TFORM{number}".ljust(8) + f"= '{form}'"]
    return fits_header(*cards)


def padded(data: bytes) -> bytes:
    return data.ljust(-(-len(data) // 2880) * 2880, b"\0")


_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(*sheets: str, strings: str = "", names: tuple[str, ...] = ()) -> bytes:
    """A workbook of sheets, each the XML inside its ``sheetData``."""
    out = io.BytesIO()
    titles = names or tuple(f"Sheet{number}" for number in range(1, len(sheets) + 1))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = "".join(
            f'<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>'
            for number, title in enumerate(titles, 1)
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_RELATION}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{listed}</sheets></workbook>',
        )
        relations = "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATION}/worksheet" Target="worksheets/s{number}.xml"/>'
            for number in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'
        )
        if strings:
            archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{strings}</sst>')
        for number, sheet in enumerate(sheets, 1):
            archive.writestr(
                f"xl/worksheets/s{number}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
            )
    return out.getvalue()
