"""Rows below the column names that are no data: rulers, units and data types."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from skybatch.tables.readers.model import Header, cell_text
from skybatch.tables.readers.text_formats.headerless import is_number_row
from skybatch.tables.readers.unit_words import is_type, is_unit

_DASHES = re.compile(r"[-=~_+:]*")
_DRAWN_LINE = 10  # characters; fewer may be a missing value


def is_ruler(values: Sequence[str]) -> bool:
    """Tell whether a row is a line of dashes, at least one cell of three; ``--`` alone is a missing value."""
    if not all(_DASHES.fullmatch(value.strip()) for value in values):
        return False
    return any(len(cell) >= 3 and set(cell) & set("-=~_") for cell in map(str.strip, values))


def is_drawn_line(values: Sequence[str], columns: int) -> bool:
    """Tell whether a row is a line drawn below a list: one line of dashes, or one of ``=`` a column."""
    if not is_ruler(values):
        return False
    whole = len(values) == 1 < columns and len(values[0]) >= _DRAWN_LINE
    return whole or (len(values) == columns > 1 and all(set(value.strip()) == {"="} for value in values))


def is_unit_row(values: Sequence[str]) -> bool:
    """Tell whether all cells that hold something, of two columns or more, are units, or all are types."""
    if len(values) < 2:
        return False
    return _all_that_hold(values, is_unit) or _all_that_hold(values, is_type)


def _all_that_hold(values: Sequence[str], test: Callable[[str], bool]) -> bool:
    """Tell whether a test holds for all cells that are not empty, of which there is one."""
    some = False
    for value in values:
        if text := _text(value):
            if not test(text):
                return False
            some = True
    return some


def stands_above_ruler(ahead: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row stands between names and their ruler, and so holds units."""
    return len(ahead) > 1 and is_ruler(ahead[1]) and not is_number_row(ahead[0])


def with_units(header: Header, values: Sequence[str]) -> Header:
    """Give the columns of a header the units, or the types, of a row."""
    cells = [text if is_unit(text) or is_type(text) else "" for text in map(_text, values)]
    attribute = "datatype" if all(is_type(text) for text in cells if text) else "unit"
    columns = list(header.columns)
    for index, text in enumerate(cells[: len(columns)]):
        if text:
            columns[index] = replace(columns[index], **{attribute: text})
    return replace(header, columns=tuple(columns))


def _text(value: str) -> str:
    """Strip a cell of blanks and quotes; a word for null, or ``---`` (CDS), holds nothing."""
    text = cell_text(value, number=True) or ""
    bare = text if text == '"' else text.strip('"')
    return bare if bare.strip("-") else ""
