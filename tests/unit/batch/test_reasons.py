"""Reasons counted over rows, as the status lists them."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.batch.reasons import (
    FAILURE_MEANINGS,
    REASONS_SHOWN,
    ROWS_NAMED,
    cut_at_edge_reason,
    describe_failure,
    group_reasons,
)
from skybatch.status import ReasonCount


def row(reason: str | None, number: int | None, row_id: str | None = None) -> dict[str, Any]:
    return {"outcome": "failed", "reason": reason, "row": number, "id": row_id}


@pytest.mark.parametrize(
    ("cut", "crops", "reason"),
    [
        (0, 570, None),
        (15, 570, "15 of 570 crops reach beyond their image"),
        (1, 2500, "1 of 2,500 crops reaches beyond its image"),
        (1, 1, "1 of 1 crop reaches beyond its image"),
    ],
)
def test_crops_beyond_their_image_are_counted(cut: int, crops: int, reason: str | None) -> None:
    assert cut_at_edge_reason(cut, crops) == reason


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


def test_failures_of_one_code_are_one_group_whatever_their_details() -> None:
    details = ["tile 3 is damaged", "tile 4 is damaged", "tile 4 is damaged"]
    rows = [{**row(detail, n), "code": "source_damaged"} for n, detail in enumerate(details, 1)]
    (group,) = group_reasons([*rows, {**row(None, 9), "code": None}])
    assert (group.code, group.rows, group.named) == ("source_damaged", 3, ("1", "2", "3"))
    assert "tile 4" in group.reason
    assert "tile 3" not in group.reason


@pytest.mark.parametrize("code", FAILURE_MEANINGS)
def test_a_failure_is_told_by_its_meaning_with_the_details_behind(code: str) -> None:
    meaning = FAILURE_MEANINGS[code]
    assert describe_failure(code, "CRC 1 is 2") == f"{meaning} (CRC 1 is 2)"
    assert describe_failure(code, meaning) == describe_failure(code, None) == meaning


def test_a_reason_without_a_known_code_stays_as_it_is() -> None:
    assert describe_failure(None, "the batch was cancelled") == "the batch was cancelled"
    assert describe_failure("of_tomorrow", "new") == "new"
    assert describe_failure(None, None) is None
