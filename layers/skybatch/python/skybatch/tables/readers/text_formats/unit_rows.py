"""Rows below the column names that are no data: rulers, units and data types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from skybatch.tables.readers.model import Header
from skybatch.tables.readers.text_formats.headerless import is_number_row
from skybatch.tables.readers.unit_words import is_type, is_unit

_DASHES = re.compile(r"[-=~_+:]*")


def is_ruler(values: Sequence[str]) -> bool:
    """Tell whether a row is a line of dashes, at least one cell of three; ``--`` alone is a missing value."""
    cells = [value.strip() for value in values]
    dashed = all(_DASHES.fullmatch(cell) for cell in cells)
    return dashed and any(len(cell) >= 3 and set(cell) & set("-=~_") for cell in cells)


def is_unit_row(values: Sequence[str]) -> bool:
    """Tell whether all cells that hold something, of two columns or more, are units, or all are types."""
    cells = _texts(values)
    return len(values) > 1 and any(cells) and _all_units_or_types([cell for cell in cells if cell])


def _all_units_or_types(cells: Sequence[str]) -> bool:
    return all(map(is_unit, cells)) or all(map(is_type, cells))


def stands_above_ruler(ahead: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row stands between names and their ruler, and so holds units."""
    return len(ahead) > 1 and is_ruler(ahead[1]) and not is_number_row(ahead[0])


def with_units(header: Header, values: Sequence[str]) -> Header:
    """Give the columns of a header the units, or the types, of a row."""
    cells = [text if is_unit(text) or is_type(text) else "" for text in _texts(values)]
    attribute = "datatype" if all(is_type(text) for text in cells if text) else "unit"
    columns = list(header.columns)
    for index, text in enumerate(cells[: len(columns)]):
        if text:
            columns[index] = replace(columns[index], **{attribute: text})
    return replace(header, columns=tuple(columns))


def _texts(values: Sequence[str]) -> list[str]:
    """Strip cells of blanks and quotes; ``---`` among units stands for none (CDS)."""
    texts = [value.strip() for value in values]
    bare = [text if text == '"' else text.strip('"') for text in texts]
    return ["" if re.fullmatch("-+", text) else text for text in bare]
