"""Every error has a stable code and a status that says who must act."""

from __future__ import annotations

import pytest

from skybatch import errors
from skybatch.errors import CellError, InvalidRequest, SkybatchError

CODES = {
    "internal": (500, False),
    "malformed": (400, False),
    "invalid": (422, False),
    "unknown_names": (422, False),
    "too_large": (413, False),
    "unsupported_media": (415, False),
    "not_found": (404, False),
    "closed": (403, False),
    "expired": (410, False),
    "conflict": (409, False),
    "too_many": (429, True),
    "source": (502, False),
    "source_missing": (502, False),
    "source_elsewhere": (502, False),
    "source_damaged": (502, False),
    "source_unsupported": (502, False),
    "source_differs": (502, False),
    "transient": (503, True),
    "source_forbidden": (503, True),
    "inventory": (503, False),
    "access_refused": (503, False),
    "survey_invalid": (503, False),
    "dataset_absent": (404, False),
}


def classes() -> list[type[SkybatchError]]:
    return [
        each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, SkybatchError)
    ]


def test_codes_statuses_and_retries_are_stable() -> None:
    assert {each.code: (each.status, each.retryable) for each in classes()} == CODES
    assert len(classes()) == len(CODES)


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    problem = InvalidRequest("ra 'x': must be a number.").problem()
    assert problem["type"] == "urn:skybatch:error:invalid"
    assert (problem["status"], problem["detail"]) == (422, "ra 'x': must be a number.")
    assert isinstance(problem["title"], str)
    assert "errors" not in problem


def test_a_problem_names_every_invalid_value() -> None:
    cell = CellError("ra", "x", "must be a number", line=3, row=1)
    problem = InvalidRequest("one", errors=[cell]).problem()
    assert problem["errors"] == [
        {"column": "ra", "value": "x", "rule": "must be a number", "line": 3, "row": 1}
    ]


@pytest.mark.parametrize(
    ("place", "start"),
    [
        ({}, "ra"),
        ({"line": 3}, "line 3, ra"),
        ({"row": 1}, "row 1, ra"),
        ({"line": 3, "row": 1}, "line 3, row 1, ra"),
    ],
)
def test_a_sentence_begins_with_the_place(place: dict[str, int], start: str) -> None:
    assert CellError("ra", "x", "rule", **place).sentence() == f"{start} 'x': rule"


def test_a_long_value_is_shortened_in_a_sentence() -> None:
    assert len(CellError("ra", "x" * 1000, "rule").sentence()) < 80
