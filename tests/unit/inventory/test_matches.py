"""Matches are arrays that are joined, picked and counted together."""

from __future__ import annotations

import numpy as np

from skybatch.inventory.matches import ListMatches, PositionMatches


def matches(*rows: int) -> PositionMatches:
    row, place = np.array(rows, np.intp), np.array(rows, np.float64)
    return PositionMatches(row, row + 10, place + 0.25, place + 0.5, place + 0.75)


def test_parts_are_joined_in_order() -> None:
    joined = PositionMatches.concatenated([matches(0, 1), matches(), matches(4)])
    assert len(joined) == 3
    assert joined.set_index.tolist() == [10, 11, 14]
    assert joined.edge_distance.tolist() == [0.75, 1.75, 4.75]


def test_all_columns_are_picked_alike() -> None:
    picked = matches(0, 1, 2).take(np.array([2, 0]))
    assert (picked.row.tolist(), picked.x.tolist(), picked.y.tolist()) == ([2, 0], [2.25, 0.25], [2.5, 0.5])


def test_a_scan_match_counts_its_pairs() -> None:
    assert len(ListMatches(np.array([0, 0, 1]), np.array([7, 8, 9]))) == 3
