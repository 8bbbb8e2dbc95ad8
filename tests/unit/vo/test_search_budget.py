"""A search is refused before it takes more work than it may, and ends when its time is over."""

from __future__ import annotations

import time

import pytest

from skybatch.errors import TooLarge
from skybatch.vo.search_budget import MAX_SECONDS, ROWS_PER_CALL, STEPS_PER_SET, SearchBudget


def test_the_check_passes_until_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    budget = SearchBudget()
    now[0] += MAX_SECONDS
    budget.check_time()
    budget.charge(1)
    now[0] += 0.001
    for use in (budget.check_time, lambda: budget.charge(0)):
        with pytest.raises(TooLarge):
            use()


def test_work_is_charged_until_nothing_is_left() -> None:
    budget = SearchBudget(10 * STEPS_PER_SET)
    budget.charge_sets(9)
    with pytest.raises(TooLarge):
        budget.charge_sets(2)
    budget.charge_sets(1)  # what was refused was not taken
    with pytest.raises(TooLarge):
        budget.charge(1)


def test_an_operation_costs_something_on_few_rows_too() -> None:
    budget = SearchBudget(5 * (3 + ROWS_PER_CALL))
    budget.charge_rows(5, 3)
    assert budget.steps_left == 0
