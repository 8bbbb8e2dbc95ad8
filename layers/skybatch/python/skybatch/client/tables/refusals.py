"""The error of what a caller gives that no request can be made of."""

from __future__ import annotations

from skybatch.errors import CellError, InvalidRequest


def refused(column: str, value: object, rule: str) -> InvalidRequest:
    """Return the error of a field or column."""
    cell = CellError(column, str(value), rule)
    return InvalidRequest(cell.sentence(), errors=[cell])
