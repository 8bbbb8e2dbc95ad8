"""Searches in sorted columns are numpy's, and read no more than the segments they fall into."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from skybatch.errors import InventoryError
from skybatch.inventory.columns.sorted_column import SortedColumn


class Columns:
    """One column, of which the rows that were read are counted."""

    def __init__(self, values: NDArray[Any], whole: bool) -> None:
        self.values, self.have_whole, self.read = values, whole, 0

    def at_hand(self, name: str) -> NDArray[Any] | None:
        return self.values if self.have_whole else None

    def whole(self, name: str) -> NDArray[Any]:
        self.read += len(self.values)
        self.have_whole = True
        return self.values

    def rows(self, name: str, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        self.read += len(self.values[rows])
        return self.values[rows]


def fenced(columns: Columns, every: int = 64) -> SortedColumn:
    starts = np.append(np.arange(0, len(columns.values), every), len(columns.values))
    return SortedColumn(columns, "key", starts, columns.values[::every])


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("kind", ["few", "many", "text"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_places_are_those_of_numpy(whole: bool, kind: str, side: Any) -> None:
    rng = np.random.default_rng(7)
    values: NDArray[Any] = np.sort(rng.integers(0, 50 if kind == "few" else 10**6, 3000)).astype(np.uint32)
    wanted: NDArray[Any] = rng.integers(0, 10**6, 200).astype(np.uint32)
    wanted = np.concatenate(
        [wanted, values[rng.integers(0, 3000, 100)], [0, 2**32 - 1, values[0], values[-1]]]
    )
    wanted = wanted.astype(np.uint32)
    if kind == "text":
        values, wanted = np.sort(np.char.zfill(values.astype("S7"), 7)), np.char.zfill(wanted.astype("S7"), 7)
    for some in (wanted, wanted[:1], wanted[:0], wanted[-4:]):
        column = fenced(Columns(values, whole))
        assert np.array_equal(column.search(some, side), np.searchsorted(values, some, side))


def test_only_the_segments_are_read_that_values_fall_into() -> None:
    columns = Columns(np.arange(0, 10_000, 2, dtype=np.uint32), whole=False)
    column = fenced(columns)
    column.search(np.array([5000, 5001, 5010], np.uint32))
    assert 0 < columns.read <= 2 * 64
    column.search(np.arange(0, 10_000, 50).astype(np.uint32))
    assert columns.have_whole


def test_a_part_of_a_column_is_searched_in_its_bounds() -> None:
    values = np.array([5, 9, 7, 8, 1, 2], np.uint32)
    for whole in (False, True):
        column = SortedColumn(Columns(values, whole), "key", np.array([2, 4]), np.array([0], np.uint32))
        assert column.search(np.array([0, 7, 8, 99], np.uint32), "right").tolist() == [2, 3, 4, 4]


@pytest.mark.parametrize("whole", [False, True])
def test_a_column_that_is_not_sorted_is_damaged(whole: bool) -> None:
    values = np.arange(1000, dtype=np.uint32)
    values[501] = 3
    with pytest.raises(InventoryError, match="key"):
        fenced(Columns(values, whole)).search(np.array([500], np.uint32))
