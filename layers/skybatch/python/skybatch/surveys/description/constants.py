"""The value of a column that is the same for all images: ``const:TEXT``, as the type of its column has it."""

from __future__ import annotations

import math

from skybatch.surveys.description.metadata import ColumnType


def constant(text: str, kind: ColumnType) -> str | int | float | None:
    """Return the value that a constant's text stands for, None (null) for the empty text.

    Raises
    ------
    ValueError
        Where the text is no finite number, and the column has numbers.
    """
    if not text:
        return None
    if kind == "char":
        return text
    value = float(text) if kind == "double" else int(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not finite")
    return value


def is_constant(text: str, kind: ColumnType) -> bool:
    """Tell whether a text is a value of a type."""
    try:
        constant(text, kind)
    except ValueError:
        return False
    return True
