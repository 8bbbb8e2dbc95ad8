"""Hostile VOTables: elements, entities, columns and binary rows without end."""

from __future__ import annotations

import struct

from tests.support.hostile.parts import COLUMNS, MARKED, POSITION, binary, tabledata, votable


def votable_empty_cells(size: int) -> bytes:
    """Cells as short as they can be, under our mark."""
    return tabledata("<TR>" + "<TD/>" * COLUMNS + "</TR>", size, POSITION + "<FIELD/>" * (COLUMNS - 2))


def votable_one_row(size: int) -> bytes:
    """One row of cells without end."""
    return tabledata("<TR>" + "<TD/>" * (size // 6) + "</TR>", size)


def votable_rows(size: int) -> bytes:
    """Rows as short as they can be, under our mark."""
    return tabledata("<TR><TD>1</TD><TD>1</TD></TR>", size)


def votable_entities(size: int) -> bytes:
    """A cell of character references."""
    return tabledata("<TR><TD>" + "&lt;" * (size // 5) + "</TD><TD/></TR>", size)


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
    return votable(POSITION, "", head * (size // len(head)))


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
    return tabledata("<TR><TD>1</TD></TR>", 1000, f'<FIELD name="{words}" unit="{words}"/>')


def binary_many_columns(size: int) -> bytes:
    """Rows of many columns of one byte."""
    fields = '<FIELD name="ra" datatype="unsignedByte"/><FIELD name="dec" datatype="unsignedByte"/>'
    return binary(fields + '<FIELD datatype="bit"/>' * (COLUMNS - 2), b"\1" * COLUMNS, size)


def binary_variable_columns(size: int) -> bytes:
    """Rows of many columns of variable length, all empty."""
    field = '<FIELD name="{}" datatype="char" arraysize="*"/>'
    fields = field.format("ra") + field.format("dec") + field.format("") * (COLUMNS - 2)
    return binary(fields, bytes(4 * COLUMNS), size)


def binary_few_variable_columns(size: int) -> bytes:
    """Rows of 45 columns of variable length, as many as may be."""
    field = '<FIELD name="{}" datatype="char" arraysize="*"/>'
    return binary(field.format("ra") + field.format("dec") + field.format("") * 43, bytes(4 * 45), size)


def binary_zero_width(size: int) -> bytes:
    """Columns without width, whose rows take no bytes."""
    return binary(POSITION.replace("/>", ' arraysize="0"/>'), b"\0", min(size, 1000))


def binary_long_arraysize(size: int) -> bytes:
    """An arraysize as long as the file."""
    field = '<FIELD name="ra" datatype="unsignedByte" arraysize="' + "1x" * (size // 4) + '1"/>'
    return binary(field + POSITION, bytes(17), size // 2)


def binary_spaced(size: int) -> bytes:
    """Base64 with a blank behind each character."""
    text = " ".join("A" * (size // 2))
    return votable(POSITION, f"<BINARY><STREAM>{text}</STREAM></BINARY>", MARKED)


def binary_floats(size: int) -> bytes:
    """Single-precision numbers, whose shortest text must be found."""
    return binary(POSITION.replace("double", "float"), struct.pack(">ff", 0.1234567, 1.2345671), size)
