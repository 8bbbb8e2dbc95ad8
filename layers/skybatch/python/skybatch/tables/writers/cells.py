"""Values as text: one rule for every format, a column at a time.

Whatever a user typed ends here as one line of printable text. Control characters, line breaks, lone
surrogates and the marks that reorder text on a screen have no place in a table cell; each becomes a blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from skybatch.tables.model import Column, Values

# C0 and C1 controls, line and paragraph separators, bidirectional overrides and isolates, byte-order mark,
# and what XML 1.0 (section 2.2) forbids.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


def one_line(value: object) -> str:
    """Return text with every unprintable character replaced by a blank."""
    return UNPRINTABLE.sub(" ", str(value))


def cells(column: Column, values: Values, null: str = "") -> list[str]:
    """Return the text of each value of a column; ``null`` stands for missing ones."""
    if column.is_text:
        return _texts(values, null)
    if column.is_array:
        return _arrays(column, np.asarray(values), null)
    return _numbers(column, values, null)


def map_where(found: Callable[[str], object], change: Callable[[str], str], texts: list[str]) -> list[str]:
    """Change every text, but only where ``found`` sees something to change anywhere in the column.

    Most columns hold nothing to escape; one look at all of a column's text is many times cheaper than a
    call a cell.
    """
    return [change(text) for text in texts] if found("".join(texts)) else texts


def _listed(values: Values) -> list[Any]:
    # numpy scalars format many times slower than Python's numbers; masked elements become None here.
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _texts(values: Values, null: str) -> list[str]:
    texts = ["" if value is None else str(value) for value in _listed(values)]
    texts = map_where(UNPRINTABLE.search, one_line, texts)
    return [text or null for text in texts] if null else texts


def _numbers(column: Column, values: Values, null: str) -> list[str]:
    shown = _shower(column)
    return [null if value is None or value != value else shown(value) for value in _listed(values)]


def _shower(column: Column) -> Callable[[Any], str]:
    if column.datatype != "double":
        return lambda value: str(int(value))
    if column.format:
        return column.format.__mod__
    return lambda value: repr(float(value))


def _arrays(column: Column, values: np.ndarray[Any, Any], null: str) -> list[str]:
    parts: Iterable[list[str]] = (_numbers(column, values[:, i], "NaN") for i in range(values.shape[1]))
    joined = list(map(" ".join, zip(*parts, strict=True)))
    if column.datatype != "double":
        return joined
    absent = np.isnan(values).all(axis=1)
    return (
        [null if gone else text for gone, text in zip(absent, joined, strict=True)]
        if absent.any()
        else joined
    )
