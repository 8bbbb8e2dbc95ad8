"""The functions that keep whole columns of the inventory have room for them."""

from __future__ import annotations

import pytest

from skybatch.inventory.column_types import COLUMN_TYPES
from tests.support.batches.template import FUNCTIONS

SETS = 1_400_000  # of a whole survey
VERSIONS = 2  # the one that batches of before the last index are on, and the current one
DATA_SETS = 2  # of the whole sky


@pytest.mark.parametrize("function", ["PlannerFunction", "CollectorFunction", "SearchFunction"])
def test_two_versions_of_two_whole_surveys_fit(function: str) -> None:
    by_set = [max(dtype.itemsize for dtype in column.dtypes) for column in COLUMN_TYPES.values()]
    room = FUNCTIONS[function]["EphemeralStorage"]["Size"] << 20
    assert sum(by_set) * SETS * VERSIONS * DATA_SETS < room
