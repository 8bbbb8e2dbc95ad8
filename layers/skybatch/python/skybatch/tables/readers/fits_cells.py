"""Cells of FITS tables: the wanted columns of binary and of ASCII tables as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from skybatch.tables.readers.fits_header import Cards
from skybatch.tables.readers.model import cell_text, unreadable_table

# Bytes of one element and its numpy type (FITS standard 4.0, table 18).
BINARY = {"L": (1, ""), "X": (0, ""), "B": (1, "u1"), "I": (2, ">i2"), "J": (4, ">i4"), "K": (8, ">i8")} | {
    "A": (1, ""),
    "E": (4, ">f4"),
    "D": (8, ">f8"),
    "C": (8, ""),
    "M": (16, ""),
}
_BINARY_FORM = re.compile(r"\s*([0-9]{0,9})([A-Z])(.*)")
_ASCII_FORM = re.compile(r"\s*([AIFED])([0-9]{1,5})(?:\.[0-9]+)?\s*")
_LOGICAL = {b"T": "y", b"F": "n"}


@dataclass(frozen=True)
class Form:
    """How a column lies in a row: its kind, first byte, bytes and elements, and how its numbers are scaled."""

    name: str
    code: str
    start: int
    bytes: int
    items: int
    scale: float = 1.0
    zero: float = 0.0
    null: str = ""

    @classmethod
    def of_binary(cls, cards: Cards, number: int, name: str, start: int) -> Form:
        """Read TFORM of a binary table; raises InvalidRequest for columns of variable length."""
        text = cards.text(f"TFORM{number}")
        match = _BINARY_FORM.fullmatch(text)
        if match and match[2] in "PQ":
            rule = f"the column {name[:40]} holds arrays of variable length, which are not read; leave it out"
            raise unreadable_table(rule, column=name)
        if not match or match[2] not in BINARY:
            raise unreadable_table(
                f"the column {name[:40]} has the unknown format {text[:20]!r}", column=name
            )
        items, code = int(match[1] or 1), match[2]
        length = (items + 7) // 8 if code == "X" else items * BINARY[code][0]
        return cls(name, code, start, length, items, *_scaling(cards, number))

    @classmethod
    def of_ascii(cls, cards: Cards, number: int, name: str, start: int) -> Form:
        """Read TFORM and TBCOL of an ASCII table."""
        text = cards.text(f"TFORM{number}")
        match = _ASCII_FORM.fullmatch(text)
        if not match:
            raise unreadable_table(
                f"the column {name[:40]} has the unknown format {text[:20]!r}", column=name
            )
        first = cards.count(f"TBCOL{number}") - 1
        if first < 0:
            raise unreadable_table(
                f"the column {name[:40]} does not say where it begins (TBCOL)", column=name
            )
        return cls(name, match[1], first, int(match[2]), 1, *_scaling(cards, number))


def _scaling(cards: Cards, number: int) -> tuple[float, float, str]:
    return (
        cards.number(f"TSCAL{number}", 1.0),
        cards.number(f"TZERO{number}", 0.0),
        cards.text(f"TNULL{number}"),
    )


def binary_cells(data: memoryview, rows: int, width: int, form: Form) -> list[str | None]:
    """Give a column of a binary table as text; NaN, TNULL and blank text are None."""
    if form.code == "A":
        taken = _strided(data, rows, width, form, f"S{max(form.bytes, 1)}") if form.bytes else []
        return [
            cell_text(bytes(value).partition(b"\0")[0].decode("utf-8", "replace")) for value in taken
        ] or [None] * rows
    kind = BINARY[form.code][1]
    if form.items != 1:
        raise unreadable_table("each cell must hold one value, not an array", column=form.name)
    if form.code == "L":
        return [_LOGICAL.get(bytes(value)) for value in _strided(data, rows, width, form, "S1")]
    if not kind:
        raise unreadable_table("holds neither text nor numbers", column=form.name)
    return [_number_text(value, form) for value in _strided(data, rows, width, form, kind)]


def _strided(data: memoryview, rows: int, width: int, form: Form, kind: str) -> np.ndarray:  # type: ignore[type-arg]
    """A column of the rows as a view of their bytes."""
    return np.ndarray((rows,), np.dtype(kind), data, form.start, (width,))


def _number_text(value: np.generic, form: Form) -> str | None:
    """A number as its author wrote it: the shortest text that gives it back in its own precision."""
    text = str(value)
    if text == "nan" or text == form.null:
        return None
    if form.scale == 1.0 and form.zero == 0.0:
        return text
    if form.scale == 1.0 and form.zero.is_integer() and form.code in "BIJK":
        return str(int(value) + int(form.zero))  # unsigned integers
    return repr(float(value) * form.scale + form.zero)


def ascii_cells(data: memoryview, rows: int, width: int, form: Form) -> list[str | None]:
    """Give a column of an ASCII table as text; TNULL and blank text are None."""
    cells = []
    for row in range(rows):
        first = row * width + form.start
        text = cell_text(bytes(data[first : first + form.bytes]).decode("latin-1"))
        if text is not None and text == form.null.strip():
            text = None
        cells.append(text.replace("D", "E") if text and form.code in "ED" else text)
    return cells
