"""Hostile FITS tables: few bytes that declare many columns, rows and extensions."""

from __future__ import annotations

import base64
import struct

from tests.support.hostile.parts import (
    COLUMNS,
    MARK,
    MARKED,
    POSITION,
    PRIMARY,
    fits_header,
    fits_table,
    padded,
    votable,
)


def fits_many_fields(_: int) -> bytes:
    """A header that claims a thousand million columns."""
    table = fits_table([("ra", "D"), ("dec", "D")], 16, 1).replace(
        b"TFIELDS = 2         ", b"TFIELDS = 1000000000"
    )
    return PRIMARY + table + padded(bytes(16))


def fits_many_rows(_: int) -> bytes:
    """A header that claims more rows than the file has."""
    return PRIMARY + fits_table([("ra", "D"), ("dec", "D")], 16, 39_000_000) + padded(bytes(16))


def fits_rows_without_width(_: int) -> bytes:
    """Rows of no bytes, of which any number fits."""
    return PRIMARY + fits_table([("ra", "0D"), ("dec", "0D")], 0, 10**15, f"{MARK.upper()}= 1")


def fits_many_axes(_: int) -> bytes:
    """A header that claims more axes than there can be."""
    return fits_header("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 999999999999999999")


def fits_shared_heap(size: int) -> bytes:
    """Descriptors that all point to one heap."""
    rows = 50
    heap = max(size - 24 * rows - 9000, 1000)
    table = fits_table([("ra", "1PD(9)"), ("dec", "1QD(9)")], 24, rows, pcount=heap)
    return PRIMARY + table + padded(struct.pack(">iiqq", heap // 8, 0, heap // 8, 0) * rows + bytes(heap))


def fits_marked_rows(size: int) -> bytes:
    """As many rows as may be, under our mark."""
    rows = min((size - 20_000) // 8, 100_000)
    table = fits_table([("ra", "E"), ("dec", "E")], 8, rows, f"{MARK.upper()}= 1")
    return PRIMARY + table + padded(struct.pack(">ff", 0.1234567, 1.2345671) * rows)


def fits_position_columns(size: int) -> bytes:
    """Every column a position, in as many rows as cells may be."""
    columns = [(name, "B") for number in range(COLUMNS // 2) for name in (f"ra_{number}", f"dec_{number}")]
    rows = min((size - 400_000) // COLUMNS, 2500)
    return PRIMARY + fits_table(columns, COLUMNS, rows) + padded(b"\1" * COLUMNS * rows)


def fits_extensions(size: int) -> bytes:
    """Extensions without end."""
    table = fits_table([("ra", "D"), ("dec", "D")], 16, 0)
    return PRIMARY + table * ((size - len(PRIMARY)) // len(table))


def fits_wide_extensions(size: int) -> bytes:
    """Extensions of as many columns as may be."""
    table = fits_table([(f"ra_{number}", "B") for number in range(COLUMNS)], COLUMNS, 0)
    return PRIMARY + table * ((size - len(PRIMARY)) // len(table))


def fits_ascii_overlap(size: int) -> bytes:
    """An ASCII table whose columns all take the whole row."""
    rows = 40
    width = max((size - 250_000) // rows, 10)
    columns = [(name, f"A{width}") for number in range(489) for name in (f"ra_{number}", f"dec_{number}")]
    columns = [("ra", f"A{width}"), ("dec", f"A{width}"), *columns]
    cards = [f"TBCOL{number}".ljust(8) + "= 1" for number in range(1, len(columns) + 1)]
    table = fits_table(columns, width, rows, *cards).replace(b"'BINTABLE'", b"'TABLE'   ")
    return PRIMARY + table + padded(b"1" * width * rows)


def fits_header_cards(size: int) -> bytes:
    """A header without an end."""
    return PRIMARY[:2880] + b"XTENSION= 'BINTABLE'".ljust(80) + b"TTYPE1  = 'ra'".ljust(80) * (size // 80)


def fits_in_votable(size: int) -> bytes:
    """A shared heap inside a VOTable."""
    text = base64.b64encode(fits_shared_heap(size * 3 // 4 - 100)).decode()
    return votable(POSITION, f"<FITS><STREAM encoding='base64'>{text}</STREAM></FITS>", MARKED)
