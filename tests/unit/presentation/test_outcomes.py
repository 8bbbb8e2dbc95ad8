"""Outcomes of rows and reasons of failures as text."""

from __future__ import annotations

import pytest

from skybatch.batch.codes import FailureCode, RowStatus
from skybatch.batch.reasons import BEYOND_LIMIT, FAILURE_MEANINGS, group_reasons
from skybatch.presentation.outcomes import (
    OUTCOMES,
    describe_reason,
    describe_reason_count,
    informative_outcome_lines,
    outcome_lines,
)
from skybatch.status import ReasonCount
from tests.support.batches import batch_samples


def test_every_outcome_of_a_row_has_title_and_meaning() -> None:
    assert set(OUTCOMES) == set(RowStatus)
    assert set(FAILURE_MEANINGS) == set(FailureCode)


def test_the_lines_add_up_to_the_rows_of_the_request() -> None:
    lines = outcome_lines(batch_samples.mixed())
    assert sum(line.rows for line in lines) == batch_samples.MIXED_ROWS["total"]
    assert all(line.rows for line in lines)


@pytest.mark.parametrize("code", FAILURE_MEANINGS)
def test_a_code_is_replaced_by_its_meaning_and_keeps_its_detail(code: str) -> None:
    assert describe_reason(code) == FAILURE_MEANINGS[code]
    assert describe_reason(f"{code}: 3 sends") == f"{FAILURE_MEANINGS[code]} (3 sends)"


def test_a_reason_without_a_known_code_stays_as_it_is() -> None:
    assert describe_reason("NED: down\n") == "NED: down"


def test_a_counted_reason_names_its_first_rows() -> None:
    rows = [{"outcome": "failed", "reason": "source_missing", "row": n, "id": None} for n in range(1, 10)]
    rows += [{"outcome": "failed", "reason": "gave_up: 3 sends", "row": 20, "id": "m31"}]
    rows += [{"outcome": "retrieved", "reason": None, "row": 21, "id": "x"}]
    written = [describe_reason_count(counted) for counted in group_reasons(reversed(rows))]
    assert written == [
        f"{FAILURE_MEANINGS['source_missing']}: rows 9, 8, 7, 6, 5 and 4 others",
        f"{FAILURE_MEANINGS['gave_up']} (3 sends): row 20 (m31)",
    ]
    assert describe_reason_count(ReasonCount("failed", "x", 2500)) == "x: 2,500 rows"


def test_images_beyond_the_limit_are_no_fault_and_need_no_reason() -> None:
    status = batch_samples.status(
        rows={"total": 2, "partial": 1, "over_limit": 1},
        reasons=[
            {"outcome": "partial", "reason": BEYOND_LIMIT, "rows": 1, "named": ["1"]},
            {"outcome": "partial", "reason": "source_damaged", "rows": 1, "named": ["1"]},
            {"outcome": "over_limit", "reason": BEYOND_LIMIT, "rows": 1, "named": ["2"]},
        ],
    )
    reasons = {line.code: line.reasons for line in outcome_lines(status)}
    assert reasons == {"partial": (f"{FAILURE_MEANINGS['source_damaged']}: row 1",), "over_limit": ()}


@pytest.mark.parametrize(("rows", "reasons", "lines"), [(1, 0, 0), (1, 1, 1), (2, 0, 1)])
def test_a_single_row_without_a_reason_is_not_listed(rows: int, reasons: int, lines: int) -> None:
    counted = [{"outcome": "not_covered", "reason": "none there", "rows": 1, "named": []}] * reasons
    status = batch_samples.status(rows={"total": rows, "not_covered": rows}, reasons=counted)
    assert len(informative_outcome_lines(status)) == lines
