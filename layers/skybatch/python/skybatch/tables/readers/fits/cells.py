"""Cells of FITS tables: the wanted columns of binary and of ASCII tables as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skybatch.errors import InvalidRequest
from skybatch.tables.readers.fits.header import Cards
from skybatch.tables.readers.model import cell_text, unreadable_table

# Bytes of one element (FITS standard 4.0, table 18); X are bits, P and Q descriptors of arrays elsewhere.
ELEMENT_BYTES = {"L": 1, "X": 0, "B": 1, "I": 2, "J": 4, "K": 8, "A": 1, "E": 4, "D": 8, "C": 8, "M": 16}
NUMBERS = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}
_BINARY_FORM = re.compile(r"\s*([0-9]{0,9})([A-Z])(.*)")
_ASCII_FORM = re.compile(r"\s*([AIFED])([1-9][0-9]{0,4})(?:\.[0-9]{1,3})?\s*")
_LOGICAL = {b"T": "y", b"F": "n"}


@dataclass(frozen=True)
class Scaling:
    """How stored numbers become values, ``zero + scale * stored``, and which of them is null."""

    scale: float = 1.0
    zero: float = 0.0
    null: str = ""

    @classmethod
    def of(cls, cards: Cards, number: int) -> Scaling:
        """Read TSCALn, TZEROn and TNULLn."""
        null = cards.text(f"TNULL{number}").strip()
        return cls(cards.number(f"TSCAL{number}", 1.0), cards.number(f"TZERO{number}", 0.0), null)

    @property
    def identity(self) -> bool:
        """Whether stored numbers are the values."""
        return self.scale == 1.0 and self.zero == 0.0


@dataclass(frozen=True)
class Form:
    """How a column lies in a row.

    Attributes
    ----------
    name
        Of the column, for errors.
    code
        Letter of TFORM.
    start, bytes
        First byte in the row, and how many.
    items
        Elements of a cell.
    scaling
        Of its numbers.
    """

    name: str
    code: str
    start: int
    bytes: int
    items: int
    scaling: Scaling = field(default_factory=Scaling)

    @classmethod
    def of_binary(cls, cards: Cards, number: int, name: str, start: int) -> Form:
        """Read TFORM of a binary table; raises InvalidRequest for columns of variable length."""
        text = cards.text(f"TFORM{number}")
        match = _BINARY_FORM.fullmatch(text)
        if match and match[2] in "PQ":
            raise _refused(name, "holds arrays of variable length, which are not read; leave it out")
        if not match or match[2] not in ELEMENT_BYTES:
            raise _refused(name, f"has the unknown format {text[:20]!r}")
        items, code = int(match[1] or 1), match[2]
        length = (items + 7) // 8 if code == "X" else items * ELEMENT_BYTES[code]
        return cls(name, code, start, length, items, Scaling.of(cards, number))

    @classmethod
    def of_ascii(cls, cards: Cards, number: int, name: str, start: int) -> Form:
        """Read TFORM and TBCOL of an ASCII table; raises InvalidRequest for fields that overlap."""
        text = cards.text(f"TFORM{number}")
        match = _ASCII_FORM.fullmatch(text)
        if not match:
            raise _refused(name, f"has the unknown format {text[:20]!r}")
        first = cards.count(f"TBCOL{number}") - 1
        if first < start:
            raise _refused(name, "does not begin behind the column before it (TBCOL)")
        return cls(name, match[1], first, int(match[2]), 1, Scaling.of(cards, number))


def _refused(name: str, why: str) -> InvalidRequest:
    return unreadable_table(f"the column {name[:40]} {why}", column=name)


def binary_cells(data: memoryview, rows: int, width: int, form: Form) -> list[str | None]:
    """Return a column of a binary table as text; NaN, TNULL and blank text are None.

    Raises InvalidRequest for a column of arrays, bits or complex numbers.
    """
    if form.code == "A":
        return _texts(data, rows, width, form)
    if form.items != 1:
        raise _refused(form.name, "holds an array in each cell, where one value is needed")
    if form.code == "L":
        return [_LOGICAL.get(bytes(value)) for value in _strided(data, rows, width, form, "S1")]
    if form.code not in NUMBERS:
        raise _refused(form.name, "holds neither text nor numbers")
    column = _strided(data, rows, width, form, NUMBERS[form.code])
    return [_number_text(value, form) for value in column]


def _texts(data: memoryview, rows: int, width: int, form: Form) -> list[str | None]:
    if not form.bytes:
        return [None] * rows
    column = _strided(data, rows, width, form, f"S{form.bytes}")
    return [cell_text(bytes(value).partition(b"\0")[0].decode("utf-8", "replace")) for value in column]


def _strided(data: memoryview, rows: int, width: int, form: Form, kind: str) -> np.ndarray[Any, Any]:
    """View a column in the bytes of the rows."""
    if not rows:
        return np.empty(0, kind)
    return np.ndarray((rows,), np.dtype(kind), data, form.start, (width,))


def _number_text(value: np.generic, form: Form) -> str | None:
    """Write a number as the shortest text that gives it back in its own precision."""
    text = str(value)
    scaling = form.scaling
    if text == "nan" or text == scaling.null:
        return None
    if scaling.identity:
        return text
    if scaling.scale == 1.0 and scaling.zero.is_integer() and form.code in "BIJK":
        return str(int(value) + int(scaling.zero))  # unsigned integers
    return repr(float(value) * scaling.scale + scaling.zero)


def ascii_cells(data: memoryview, rows: int, width: int, form: Form) -> list[str | None]:
    """Return a column of an ASCII table as text; TNULL and blank text are None."""
    cells = []
    for first in range(form.start, form.start + rows * width, width):
        text = cell_text(bytes(data[first : first + form.bytes]).decode("latin-1"))
        cells.append(None if text == form.scaling.null else _ascii_text(text, form))
    return cells


def _ascii_text(text: str | None, form: Form) -> str | None:
    """Apply the scaling of a number, whose exponent may be written with a D."""
    if text is None or form.code == "A":
        return text
    number = text.upper().replace("D", "E") if form.code in "ED" else text
    if form.scaling.identity:
        return number
    try:
        return repr(float(number) * form.scaling.scale + form.scaling.zero)
    except ValueError:
        return text
