"""Tables just within the bounds, so that all of them is read."""

from __future__ import annotations

import struct

from tests.support.hostile.parts import (
    MARK,
    POSITION,
    PRIMARY,
    binary,
    fits_table,
    padded,
    tabledata,
    workbook,
)


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
    return tabledata(row, rows * len(row), POSITION + "<FIELD/>" * 11)


def full_binary(size: int) -> bytes:
    """A marked table of columns of variable length."""
    field = '<FIELD name="{}" datatype="char" arraysize="*"/>'
    row = bytes((0, 0, 0, 1)) + b"1"
    fields = field.format("ra") + field.format("dec") + field.format("") * 46
    return binary(fields, row * 48, min(size, 99_999 * 48 * 5 * 4 // 3))


def full_fits(size: int) -> bytes:
    """A marked table of which every column is a position."""
    columns = [(name, "E") for number in range(24) for name in (f"ra_{number}", f"dec_{number}")]
    rows = min((size - 20_000) // 192, 99_999)
    table = fits_table(columns, 192, rows, f"{MARK.upper()}= 1")
    return PRIMARY + table + padded(struct.pack(">48f", *[0.1234567] * 48) * rows)


def full_workbook(size: int) -> bytes:
    """A sheet of as many elements as may be."""
    row = "<row>" + "<c><v>1.5</v></c>" * 300 + "</row>"
    return workbook(
        "<row>"
        + '<c t="str"><v>ra</v></c><c t="str"><v>dec</v></c>'
        + "</row>"
        + row * min(size // len(row), 2400)
    )
