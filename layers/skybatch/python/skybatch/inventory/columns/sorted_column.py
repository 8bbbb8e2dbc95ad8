"""Searches in a sorted column of which only a part may be at hand.

A column is cut into segments, with a lower bound for the values of each. What a search needs are the segments
that its values fall into: put together they are sorted, too, and are searched at once.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.columns.column import damaged

Side = Literal["left", "right"]
Places = NDArray[np.intp]

# Where more than this part of a column is wanted it is fetched whole.
WHOLE_FRACTION = 1 / 3


class ReadableColumns(Protocol):
    """What a search needs of the columns of a version."""

    def at_hand(self, name: str) -> NDArray[Any] | None:
        """Return a column of which all is at hand, else None."""

    def whole(self, name: str) -> NDArray[Any]:
        """Return a column, fetching what is not at hand."""

    def rows(self, name: str, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        """Return rows of a column, fetching what is not at hand."""


class SortedColumn:
    """Rows ``starts[0]`` to ``starts[-1]`` of a column, ascending, in segments.

    ``starts`` (m + 1,) are the first row of each segment and the end of the last, ``bounds`` (m,) ascending
    values that none in a segment is below.
    """

    def __init__(
        self, columns: ReadableColumns, name: str, starts: NDArray[np.integer], bounds: NDArray[Any]
    ) -> None:
        self._columns, self._name = columns, name
        self._starts, self._bounds = starts.astype(np.intp), bounds
        self._first, self._end = int(starts[0]), int(starts[-1])
        self._all: NDArray[Any] | None = None

    def search(self, values: NDArray[Any], side: Side = "left") -> Places:
        """Return the place of each value as `numpy.searchsorted` does, counted from the column's start."""
        if self._all is None:
            self._all = self._part(self._columns.at_hand(self._name))
        if self._all is None:
            return self._search_segments(values, side)
        found = self._all.searchsorted(values, side)
        return found + self._first if self._first else found

    def _part(self, column: NDArray[Any] | None) -> NDArray[Any] | None:
        """Return the rows searched of a whole column, checked once."""
        if column is None:
            return None
        return self._sorted(column[self._first : self._end])

    def _sorted(self, values: NDArray[Any]) -> NDArray[Any]:
        if not np.all(values[1:] >= values[:-1]):
            raise damaged(self._name)
        return values

    def _search_segments(self, values: NDArray[Any], side: Side) -> Places:
        segment = np.maximum(self._bounds.searchsorted(values, side) - 1, 0)
        wanted, number = np.unique(segment, return_inverse=True)
        starts, stops = self._starts[wanted], self._starts[wanted + 1]
        if (stops - starts).sum() > WHOLE_FRACTION * (self._end - self._first):
            self._all = self._part(self._columns.whole(self._name))
            return self.search(values, side)
        parts = [self._columns.rows(self._name, slice(*each)) for each in zip(starts, stops, strict=True)]
        together = self._sorted(np.concatenate(parts)) if parts else values[:0]
        offsets = np.cumsum(stops - starts) - (stops - starts)
        return np.asarray(together.searchsorted(values, side) - offsets[number] + starts[number], np.intp)
