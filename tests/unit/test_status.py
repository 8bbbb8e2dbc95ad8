"""The status of a batch: its form on the wire, and reading across versions."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from skybatch.api.openapi.response_schemas import response_schemas
from skybatch.status import (
    FINAL_STATES,
    BatchState,
    BatchStatus,
    Chain,
    Progress,
    RequestSummary,
    ResultFile,
    RowCounts,
)
from tests.support.batches import batch_samples

MINIMAL = {"batch_id": "0" * 32, "state": "accepted"}


def complete_on_wire() -> dict[str, Any]:
    """Every field of every part set to something that is no default."""
    answer: dict[str, Any] = json.loads(
        json.dumps(
            batch_samples.mixed_json(
                mode="positions",
                mail="sent",
                finished="2026-11-20T12:03:12Z",
                chain={"part": 2, "parts": 4, "previous": "a" * 32, "next": "b" * 32, "retry": "c" * 32}
                | {"lost_before": 1},
                absent={"images": 4, "bands": ["h"], "held": ["j"], "rows": 1},
                reason="no inventory",
            )
        )
    )
    return answer


def test_a_status_is_the_same_after_reading_and_writing() -> None:
    answer = complete_on_wire()
    assert BatchStatus.from_json(answer).to_json() == answer


def test_a_region_and_a_scan_are_the_same_after_reading_and_writing() -> None:
    region = {"center": [204.25, -29.87], "name": "m83", "diameter": 0.5, "relation": "cover"}
    for part in ({"region": region}, {"scan": {"date": "971031", "hem": "n", "scan": 96}}):
        facts = {**RequestSummary(mode="region", rows=1).to_json(), **part}
        assert RequestSummary.from_json(facts).to_json() == facts


def test_the_wire_has_the_fields_that_the_api_documents() -> None:
    of_several_surveys = {"surveys"}
    documented = set(response_schemas()["BatchStatus"]["properties"])
    assert set(BatchStatus.from_json(MINIMAL).to_json()) == documented - of_several_surveys


def test_unknown_fields_are_ignored_at_every_depth() -> None:
    answer = complete_on_wire()
    newer = {
        **answer,
        "colour": "blue",
        "rows": {**answer["rows"], "eclipsed": 3},
        "files": [{**entry, "sha256": "0" * 64} for entry in answer["files"]],
        "asked": {**answer["asked"], "survey": "2mass"},
        "chain": {**answer["chain"], "root": "d" * 32},
    }
    assert BatchStatus.from_json(newer) == BatchStatus.from_json(answer)


def test_missing_and_null_fields_take_their_defaults() -> None:
    nulls = {each.name: None for each in fields(BatchStatus)} | {"asked": None} | MINIMAL
    status = BatchStatus.from_json(MINIMAL)
    assert BatchStatus.from_json(nulls) == status
    assert (status.rows, status.chain, status.progress) == (RowCounts(), Chain(), Progress())
    assert status.unretrieved is None


@pytest.mark.parametrize(
    "answer", [{}, {"state": "complete"}, {**MINIMAL, "files": [{}]}, {**MINIMAL, "rows": 3}]
)
def test_what_is_no_status_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        BatchStatus.from_json(answer)


def test_a_state_of_a_newer_server_is_read_as_not_final() -> None:
    assert not BatchStatus.from_json({**MINIMAL, "state": "verifying"}).ended


def test_exactly_the_last_three_states_are_final() -> None:
    assert {state for state in BatchState if BatchStatus("0", state).ended} == FINAL_STATES


def test_the_outcomes_of_rows_are_counted_without_the_total() -> None:
    rows = RowCounts.from_json(batch_samples.MIXED_ROWS)
    assert sum(rows.by_outcome().values()) == rows.total
    assert rows.incomplete == rows.total - rows.retrieved - rows.duplicate - rows.not_covered


@pytest.mark.parametrize(
    ("changes", "within_limit", "everything"),
    [
        ({}, True, True),
        ({"rows": {"total": 3, "retrieved": 1, "not_covered": 1, "duplicate": 1}}, True, True),
        ({"unretrieved": {"images": 1}}, True, False),
        ({"rows": {"total": 1, "over_limit": 1}}, True, False),
        ({"images": {"failed": 1}}, False, False),
        ({"rows": {"total": 1, "unresolved": 1}}, False, False),
        ({"state": "cancelled"}, False, False),
    ],
)
def test_what_counts_as_retrieved(changes: dict[str, Any], within_limit: bool, everything: bool) -> None:
    status = BatchStatus.from_json({**MINIMAL, "state": "complete", **changes})
    assert (status.retrieved_within_limit, status.retrieved_all) == (within_limit, everything)


def test_a_file_is_found_by_its_name() -> None:
    tar = ResultFile("images.tar", 10, None)
    status = BatchStatus("0", "complete", files=(tar,))
    assert status.file("images.tar") is tar
    assert status.file("rows.tbl") is None
