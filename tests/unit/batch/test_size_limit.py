"""How many batches of the limit's size deliver what is wanted."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.batch.size_limit import batches_needed, count_within, estimated_batches


def test_parts_are_filled_in_order() -> None:
    sizes = [40, 40, 40, 100, 10, 90, 1]
    assert [batches_needed(sizes[:n], 100) for n in range(len(sizes) + 1)] == [0, 1, 1, 2, 3, 4, 4, 5]


def test_a_refused_image_alone_needs_a_batch_and_beside_others_none() -> None:
    assert batches_needed([0], 100) == 1
    assert batches_needed([0, 100, 0], 100) == 1


@given(st.lists(st.integers(1, 100), min_size=1), st.integers(100, 300))
def test_parts_are_those_that_cutting_at_the_last_fitting_sum_gives(sizes: list[int], limit: int) -> None:
    rest, parts = sizes, 0
    while rest:
        rest = rest[sum(total <= limit for total in accumulate(rest)) :]
        parts += 1
    assert batches_needed(sizes, limit) == parts


@pytest.mark.parametrize(
    ("size", "limit", "batches"), [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (3, None, 3), (3, 0, 3)]
)
def test_an_estimate_is_at_least_one(size: int, limit: int | None, batches: int) -> None:
    assert estimated_batches(size, limit) == batches


def test_files_are_counted_up_to_the_first_that_does_not_fit() -> None:
    assert count_within([4, 3, 3, 1], 10) == 3
    assert count_within([4, 7, 1], 10) == 1, "nothing behind it is taken instead"
    assert count_within([0, 0], 0) == 2
    assert count_within([1], 0) == 0
