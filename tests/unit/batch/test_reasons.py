"""Reasons counted over rows, as the status lists them."""

from __future__ import annotations

from typing import Any

from skybatch.batch.reasons import REASONS_SHOWN, ROWS_NAMED, group_reasons
from skybatch.status import ReasonCount


def row(reason: str | None, number: int | None, row_id: str | None = None) -> dict[str, Any]:
    return {"outcome": "failed", "reason": reason, "row": number, "id": row_id}


def test_reasons_are_grouped_most_frequent_first() -> None:
    rows = [row("gave_up: 3 sends", 20, "m31"), *(row("source_missing", n) for n in range(1, 10))]
    groups = group_reasons(rows)
    assert [(group.reason, group.rows) for group in groups] == [
        ("source_missing", 9),
        ("gave_up: 3 sends", 1),
    ]
    assert groups[1] == ReasonCount("failed", "gave_up: 3 sends", 1, ("20 (m31)",))


def test_one_reason_of_two_outcomes_makes_two_groups() -> None:
    rows = [row("no", 1), {**row("no", 2), "outcome": "unresolved"}]
    assert {group.outcome for group in group_reasons(rows)} == {"failed", "unresolved"}


def test_the_first_rows_are_named_once_each() -> None:
    rows = [row("no", n) for n in (3, 3, *range(10, 30))]
    assert group_reasons(rows)[0].named == ("3", *map(str, range(10, 9 + ROWS_NAMED)))


def test_rows_without_a_reason_or_a_name_are_left_out() -> None:
    assert group_reasons([row(None, 1)]) == ()
    assert group_reasons([row("no", None)])[0].named == ()


def test_the_number_of_reasons_and_their_length_are_bounded() -> None:
    groups = group_reasons(row(f"{n} {'x' * 500}\n", n) for n in range(REASONS_SHOWN + 5))
    assert len(groups) == REASONS_SHOWN
    assert all(len(group.reason) == 160 for group in groups)
