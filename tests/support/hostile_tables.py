"""Uploads made to take time or memory: few bytes that stand for many, or the worst of a format.

Every maker takes the number of bytes that the file may hold once it is inflated.
"""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Mapping

MARK = "skybatch"
COLUMNS = 990


def repeated(part: str, size: int, head: str = "", tail: str = "") -> bytes:
    """Text that repeats a part up to a size."""
    return (head + part * max((size - len(head) - len(tail)) // len(part), 1) + tail).encode()


# Text -------------------------------------------------------------------------------------------------


def marked_rows(size: int) -> bytes:
    """Our mark as a column over rows as short as they can be."""
    return repeated("1,1,1\n", size, f"ra,dec,{MARK}\n")


def marked_wide_rows(size: int) -> bytes:
    """Our mark over columns without cells."""
    return repeated("1,1" + "," * (COLUMNS - 2) + "\n", size, f"ra,dec,{MARK}" + "," * (COLUMNS - 3) + "\n")


def marked_many_columns(size: int) -> bytes:
    """Our mark over 40 columns, with as many rows as fit."""
    names = ",".join(f"c{number}" for number in range(37))
    return repeated("1,1" + ",x" * 38 + "\n", size, f"ra,dec,{MARK},{names}\n")


def marked_quoted(size: int) -> bytes:
    """Our mark over quoted cells."""
    return repeated('"1","1","a"\n', size, f"ra,dec,{MARK}\n")


def one_long_line(size: int) -> bytes:
    """One line of separators."""
    return repeated(",", size, "ra,dec")


def long_lines(size: int) -> bytes:
    """Lines of separators, each as long as a line may be."""
    return repeated("," * 199_000 + "\n", size)


def lines_of_words(size: int) -> bytes:
    """Lines of words, each as long as a line may be."""
    return repeated("a b;c,d|e\tf " * 16_000 + "\n", size)


def empty_lines(size: int) -> bytes:
    """Nothing but line ends."""
    return repeated("\n", size, "ra,dec\n1,1\n")


def comment_lines(size: int) -> bytes:
    """Comments that could describe columns, each with many brackets."""
    return repeated("# 1 A " + "[" * 900 + "\n", size, tail="ra,dec\n1,1\n")


def long_comments(size: int) -> bytes:
    """Comments as long as a line may be."""
    return repeated("#" + "Column a (" * 19_000 + "\n", size, tail="ra,dec\n1,1\n")


def ecsv_header(size: int) -> bytes:
    """A header of ECSV that never ends."""
    return repeated("# - {name: a, unit: deg, datatype: float64}\n", size, "# %ECSV 1.0\n", "ra,dec\n1,1\n")


def rows_behind_gaps(size: int) -> bytes:
    """Rows of words, each behind a blank line, where another table could begin."""
    return repeated("x" + ",y" * (COLUMNS - 1) + "\n\n", size, "ra,dec" + ",z" * (COLUMNS - 2) + "\n")


def many_tables(size: int) -> bytes:
    """A header behind each blank line."""
    return repeated("ra,dec\n1,1\n\n", size)


def wide_tables(size: int) -> bytes:
    """As many tables as may be, each of as many columns as may be."""
    return repeated("ra,dec" + ",ra_x" * (COLUMNS - 2) + "\n\n", size)


def repeated_names(size: int) -> bytes:
    """The column names over and over."""
    return repeated("ra,dec\n", size)


def units_rows(size: int) -> bytes:
    """Cells that look like units for long."""
    return repeated("deg " + "m s-1 " * 33_000 + ",deg\n", size, "ra,dec\n")


def names_in_brackets(size: int) -> bytes:
    """Column names that open brackets and blanks without end."""
    return repeated("(" + " " * 190 + ",", min(size, 190_000), "ra,dec,", "x\n")


def names_like_positions(size: int) -> bytes:
    """Column names that are full of right ascensions."""
    return repeated("ra" * 90 + ",", min(size, 179_000), "ra,dec,", "x\n")


def text_cells(size: int) -> bytes:
    """A list of names, each as long as a line may be."""
    return repeated("x" * 190_000 + "\n", size, "name\n")


def long_digits(size: int) -> bytes:
    """Digits that are no number at their end only, where column names are looked for."""
    return repeated("1" * 190_000 + "x\n", size)


def long_digit_cells(size: int) -> bytes:
    """The same in cells of positions, behind blank lines."""
    return repeated("1" * 90_000 + "x," + "1" * 90_000 + "x\n\n", size, "ra,dec\n")


def open_quote(size: int) -> bytes:
    """A quote that is never closed."""
    return repeated('x,"', size, 'ra,dec\n1,"')


def many_quotes(size: int) -> bytes:
    """A cell of quotes."""
    return repeated('"', size, 'ra,dec\n1,"')


def ipac_wide(size: int) -> bytes:
    """An IPAC table of bars."""
    return repeated(" 1\n", size, "|ra |dec|" + "|" * (COLUMNS - 2) + "\n")


def ipac_marked(size: int) -> bytes:
    """A marked IPAC table of as many rows as may be."""
    return repeated(" 1 1 1\n", size, f"\\{MARK} = '1'\n|ra|dec|a|\n")


def ipac_far_bars(size: int) -> bytes:
    """A marked IPAC table whose bars stand far apart."""
    return repeated(" 1\n", size, f"\\{MARK} = '1'\n|ra|dec|" + " " * 190_000 + "|\n")


def ipac_folded(size: int) -> bytes:
    """A marked IPAC table that is folded, of many columns."""
    names = "|".join(f"c{number}" for number in range(40))
    return repeated("1 " * 42 + "\n", size, f"\\{MARK} = '1'\n|ra|dec|{names}|\n")


def ipac_keywords(size: int) -> bytes:
    """Keywords without end."""
    return repeated("\\ equinox = 'J2000'\n", size, tail="|ra|dec|\n 1  1\n")


def drawn_wide(size: int) -> bytes:
    """A drawn table of empty cells."""
    return repeated("|1|1" + "|" * 900 + "\n", size, f"|ra|dec|{MARK}" + "|" * 899 + "\n")


def drawn_rulers(size: int) -> bytes:
    """A drawn table of rulers."""
    return repeated("+---+---+\n", size, "|ra|dec|\n")


def regions(size: int) -> bytes:
    """A region file of one line of regions and an open text."""
    head = "# Region file format: DS9\nfk5\n"
    line = "circle(1,1,1);" * 6000 + "#" + "text={" * 15_000 + "\n"
    return repeated(line, size, head)


def bad_regions(size: int) -> bytes:
    """A region file of what is no region."""
    return repeated("polygon(1,1,1)\n", size, "# Region file format: DS9\nfk5\n")


def byte_by_byte(size: int) -> bytes:
    """A byte-by-byte description of columns that overlap."""
    ruler = "-" * 40 + "\n"
    head = f"Byte-by-byte Description of file: a\n{ruler} Bytes Format Units Label\n{ruler}"
    head += "".join(f" 1-190000 A9 deg ra_{number}\n" for number in range(COLUMNS)) + " 1-9 A9 deg dec\n"
    return repeated("x" * 190_000 + "\n", size, head + ruler)


# VOTable ----------------------------------------------------------------------------------------------


def _votable(fields: str, data: str, head: str = "") -> bytes:
    opening = f"<VOTABLE><RESOURCE>{head}<TABLE>{fields}<DATA>"
    return f"{opening}{data}</DATA></TABLE></RESOURCE></VOTABLE>".encode()


POSITION = '<FIELD name="ra" datatype="double"/><FIELD name="dec" datatype="double"/>'
MARKED = f'<PARAM name="{MARK}" value="1"/>'


def _tabledata(row: str, size: int, fields: str = POSITION, head: str = MARKED) -> bytes:
    return _votable(fields, f"<TABLEDATA>{row * (size // len(row))}</TABLEDATA>", head)


def votable_empty_cells(size: int) -> bytes:
    """Cells as short as they can be, under our mark."""
    return _tabledata("<TR>" + "<TD/>" * COLUMNS + "</TR>", size, POSITION + "<FIELD/>" * (COLUMNS - 2))


def votable_one_row(size: int) -> bytes:
    """One row of cells without end."""
    return _tabledata("<TR>" + "<TD/>" * (size // 6) + "</TR>", size)


def votable_rows(size: int) -> bytes:
    """Rows as short as they can be, under our mark."""
    return _tabledata("<TR><TD>1</TD><TD>1</TD></TR>", size)


def votable_entities(size: int) -> bytes:
    """A cell of character references."""
    return _tabledata("<TR><TD>" + "&lt;" * (size // 5) + "</TD><TD/></TR>", size)


def votable_nested(size: int) -> bytes:
    """Elements inside each other."""
    return b"<VOTABLE>" * (size // 9)


def votable_resources(size: int) -> bytes:
    """Elements side by side."""
    return b"<VOTABLE>" + b"<A/>" * (size // 4) + b"</VOTABLE>"


def votable_attributes(size: int) -> bytes:
    """An element of attributes."""
    return b"<VOTABLE " + b" ".join(b'a%d=""' % number for number in range(size // 10)) + b"/>"


def votable_tables(size: int) -> bytes:
    """Tables of columns without rows."""
    table = f"<TABLE>{POSITION}" + '<FIELD name="ra_x" ucd="pos.eq.ra"/>' * (COLUMNS - 2) + "</TABLE>"
    return f"<VOTABLE><RESOURCE>{table * (size // len(table))}</RESOURCE></VOTABLE>".encode()


def votable_systems(size: int) -> bytes:
    """Coordinate systems and groups without end."""
    head = '<COOSYS ID="a" system="x"/><GROUP ref="a"><FIELDref ref="b"/></GROUP>'
    return _votable(POSITION, "", head * (size // len(head)))


def votable_doctype(size: int) -> bytes:
    """A document type elsewhere."""
    return b'<!DOCTYPE VOTABLE SYSTEM "http://127.0.0.1:9/a.dtd">' + votable_rows(min(size, 1000))


def votable_entity_bomb(size: int) -> bytes:
    """Entities of entities."""
    entities = '<!ENTITY a "aaaaaaaaaa">'
    for name, part in zip("bcdefghi", "abcdefgh", strict=True):
        entities += f'<!ENTITY {name} "{f"&{part};" * 10}">'
    return f"<!DOCTYPE VOTABLE [{entities}]><VOTABLE>&i;</VOTABLE>".encode()


def votable_long_name(size: int) -> bytes:
    """A column whose name and unit are as long as the file."""
    words = "ra(1950deg" * (size // 20)
    return _tabledata("<TR><TD>1</TD></TR>", 1000, f'<FIELD name="{words}" unit="{words}"/>')


def _binary(fields: str, row: bytes, size: int, encoding: str = "BINARY", head: str = MARKED) -> bytes:
    text = base64.b64encode(row * (size * 3 // 4 // len(row))).decode()
    return _votable(fields, f"<{encoding}><STREAM encoding='base64'>{text}</STREAM></{encoding}>", head)


def binary_many_columns(size: int) -> bytes:
    """Rows of many columns of one byte."""
    fields = '<FIELD name="ra" datatype="unsignedByte"/><FIELD name="dec" datatype="unsignedByte"/>'
    return _binary(fields + '<FIELD datatype="bit"/>' * (COLUMNS - 2), b"\1" * COLUMNS, size)


def binary_variable_columns(size: int) -> bytes:
    """Rows of many columns of variable length, all empty."""
    field = '<FIELD name="{}" datatype="char" arraysize="*"/>'
    fields = field.format("ra") + field.format("dec") + field.format("") * (COLUMNS - 2)
    return _binary(fields, bytes(4 * COLUMNS), size)


def binary_few_variable_columns(size: int) -> bytes:
    """Rows of 45 columns of variable length, as many as may be."""
    field = '<FIELD name="{}" datatype="char" arraysize="*"/>'
    return _binary(field.format("ra") + field.format("dec") + field.format("") * 43, bytes(4 * 45), size)


def binary_zero_width(size: int) -> bytes:
    """Columns without width, whose rows take no bytes."""
    return _binary(POSITION.replace("/>", ' arraysize="0"/>'), b"\0", min(size, 1000))


def binary_long_arraysize(size: int) -> bytes:
    """An arraysize as long as the file."""
    field = '<FIELD name="ra" datatype="unsignedByte" arraysize="' + "1x" * (size // 4) + '1"/>'
    return _binary(field + POSITION, bytes(17), size // 2)


def binary_spaced(size: int) -> bytes:
    """Base64 with a blank behind each character."""
    text = " ".join("A" * (size // 2))
    return _votable(POSITION, f"<BINARY><STREAM>{text}</STREAM></BINARY>", MARKED)


def binary_floats(size: int) -> bytes:
    """Single-precision numbers, whose shortest text must be found."""
    return _binary(POSITION.replace("double", "float"), struct.pack(">ff", 0.1234567, 1.2345671), size)


# FITS -------------------------------------------------------------------------------------------------


def _header(*cards: str) -> bytes:
    text = "".join(card.ljust(80) for card in (*cards, "END")).encode()
    return text.ljust(-(-len(text) // 2880) * 2880)


PRIMARY = _header("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0")


def _table(columns: list[tuple[str, str]], width: int, rows: int, *more: str, pcount: int = 0) -> bytes:
    cards = ["XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2", f"NAXIS1  = {width}", f"NAXIS2  = {rows}"]
    cards += [f"PCOUNT  = {pcount}", "GCOUNT  = 1", f"TFIELDS = {len(columns)}", *more]
    for number, (name, form) in enumerate(columns, 1):
        cards += [f"TTYPE{number}".ljust(8) + f"= '{name}'", f"TFORM{number}".ljust(8) + f"= '{form}'"]
    return _header(*cards)


def _padded(data: bytes) -> bytes:
    return data.ljust(-(-len(data) // 2880) * 2880, b"\0")


def fits_many_fields(_: int) -> bytes:
    """A header that claims a thousand million columns."""
    table = _table([("ra", "D"), ("dec", "D")], 16, 1).replace(
        b"TFIELDS = 2         ", b"TFIELDS = 1000000000"
    )
    return PRIMARY + table + _padded(bytes(16))


def fits_many_rows(_: int) -> bytes:
    """A header that claims more rows than the file has."""
    return PRIMARY + _table([("ra", "D"), ("dec", "D")], 16, 39_000_000) + _padded(bytes(16))


def fits_rows_without_width(_: int) -> bytes:
    """Rows of no bytes, of which any number fits."""
    return PRIMARY + _table([("ra", "0D"), ("dec", "0D")], 0, 10**15, f"{MARK.upper()}= 1")


def fits_many_axes(_: int) -> bytes:
    """A header that claims more axes than there can be."""
    return _header("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 999999999999999999")


def fits_shared_heap(size: int) -> bytes:
    """Descriptors that all point to one heap."""
    rows = 50
    heap = max(size - 24 * rows - 9000, 1000)
    table = _table([("ra", "1PD(9)"), ("dec", "1QD(9)")], 24, rows, pcount=heap)
    return PRIMARY + table + _padded(struct.pack(">iiqq", heap // 8, 0, heap // 8, 0) * rows + bytes(heap))


def fits_marked_rows(size: int) -> bytes:
    """As many rows as may be, under our mark."""
    rows = min((size - 20_000) // 8, 100_000)
    table = _table([("ra", "E"), ("dec", "E")], 8, rows, f"{MARK.upper()}= 1")
    return PRIMARY + table + _padded(struct.pack(">ff", 0.1234567, 1.2345671) * rows)


def fits_position_columns(size: int) -> bytes:
    """Every column a position, in as many rows as cells may be."""
    columns = [(name, "B") for number in range(COLUMNS // 2) for name in (f"ra_{number}", f"dec_{number}")]
    rows = min((size - 400_000) // COLUMNS, 2500)
    return PRIMARY + _table(columns, COLUMNS, rows) + _padded(b"\1" * COLUMNS * rows)


def fits_extensions(size: int) -> bytes:
    """Extensions without end."""
    table = _table([("ra", "D"), ("dec", "D")], 16, 0)
    return PRIMARY + table * ((size - len(PRIMARY)) // len(table))


def fits_wide_extensions(size: int) -> bytes:
    """Extensions of as many columns as may be."""
    table = _table([(f"ra_{number}", "B") for number in range(COLUMNS)], COLUMNS, 0)
    return PRIMARY + table * ((size - len(PRIMARY)) // len(table))


def fits_ascii_overlap(size: int) -> bytes:
    """An ASCII table whose columns all take the whole row."""
    rows = 40
    width = max((size - 250_000) // rows, 10)
    columns = [(name, f"A{width}") for number in range(489) for name in (f"ra_{number}", f"dec_{number}")]
    columns = [("ra", f"A{width}"), ("dec", f"A{width}"), *columns]
    cards = [f"TBCOL{number}".ljust(8) + "= 1" for number in range(1, len(columns) + 1)]
    table = _table(columns, width, rows, *cards).replace(b"'BINTABLE'", b"'TABLE'   ")
    return PRIMARY + table + _padded(b"1" * width * rows)


def fits_header_cards(size: int) -> bytes:
    """A header without an end."""
    return PRIMARY[:2880] + b"XTENSION= 'BINTABLE'".ljust(80) + b"TTYPE1  = 'ra'".ljust(80) * (size // 80)


def fits_in_votable(size: int) -> bytes:
    """A shared heap inside a VOTable."""
    text = base64.b64encode(fits_shared_heap(size * 3 // 4 - 100)).decode()
    return _votable(POSITION, f"<FITS><STREAM encoding='base64'>{text}</STREAM></FITS>", MARKED)


# Workbooks --------------------------------------------------------------------------------------------

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


# Just within the bounds, so that all of it is read ------------------------------------------------------


def full_csv(size: int) -> bytes:
    """A marked table of 49 columns."""
    rows = min(size // 110, 99_999)
    names = ",".join(f"c{number}" for number in range(46))
    return (f"ra,dec,{MARK},{names}\n" + ("1.5,2.5,1" + ",x" * 46 + "\n") * rows).encode()


def full_ipac(size: int) -> bytes:
    """A marked table whose lines do not keep to the bars."""
    rows = min(size // 110, 99_999)
    names = "|".join(f"c{number}" for number in range(46))
    return (f"\\{MARK} = '1'\n|ra|dec|{names}|\n" + ("1.5 2.5" + " x" * 46 + "\n") * rows).encode()


def full_votable(size: int) -> bytes:
    """A marked table of as many elements as may be."""
    rows = min(size // 200, 99_999)
    row = "<TR><TD>1.5</TD><TD>2.5</TD>" + "<TD>x</TD>" * 11 + "</TR>"
    return _tabledata(row, rows * len(row), POSITION + "<FIELD/>" * 11)


def full_binary(size: int) -> bytes:
    """A marked table of columns of variable length."""
    field = '<FIELD name="{}" datatype="char" arraysize="*"/>'
    row = bytes((0, 0, 0, 1)) + b"1"
    fields = field.format("ra") + field.format("dec") + field.format("") * 46
    return _binary(fields, row * 48, min(size, 99_999 * 48 * 5 * 4 // 3))


def full_fits(size: int) -> bytes:
    """A marked table of which every column is a position."""
    columns = [(name, "E") for number in range(24) for name in (f"ra_{number}", f"dec_{number}")]
    rows = min((size - 20_000) // 192, 99_999)
    table = _table(columns, 192, rows, f"{MARK.upper()}= 1")
    return PRIMARY + table + _padded(struct.pack(">48f", *[0.1234567] * 48) * rows)


def full_workbook(size: int) -> bytes:
    """A sheet of as many elements as may be."""
    row = "<row>" + "<c><v>1.5</v></c>" * 300 + "</row>"
    return workbook(
        "<row>"
        + '<c t="str"><v>ra</v></c><c t="str"><v>dec</v></c>'
        + "</row>"
        + row * min(size // len(row), 2400)
    )


# gzip -------------------------------------------------------------------------------------------------


def gzip_bomb(size: int) -> bytes:
    """Much more than may be."""
    return gzip.compress(b"ra,dec\n" + b"1,1\n" * (size // 2))


def gzip_members(size: int) -> bytes:
    """Members without a byte each."""
    return gzip.compress(b"") * (min(size, 4_000_000) // 20)


def gzip_twice(size: int) -> bytes:
    """A gzip file inside another."""
    return gzip.compress(gzip_bomb(size))


HOSTILE: Mapping[str, Callable[[int], bytes]] = {
    name: maker
    for name, maker in list(globals().items())
    if callable(maker)
    and getattr(maker, "__module__", "") == __name__
    and name not in ("repeated", "workbook")
    and not name.startswith("_")
}
