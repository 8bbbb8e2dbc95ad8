"""Schemas of responses: what the dataclasses serialize conforms, and what differs does not."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from skybatch.api.models import FinishedImage, ImagePage, SubmittedBatch, UnderstoodRow
from skybatch.api.openapi.response_schemas import docstring_parts, response_schemas
from skybatch.errors import CellError, InvalidRequest, NotFound
from skybatch.status import (
    BatchState,
    BatchStatus,
    Progress,
    ReasonCount,
    RegionSummary,
    RequestSummary,
    ResultFile,
    Unretrieved,
)
from tests.support.batches.openapi import violations

ID = "0123456789abcdef" * 2
URL = f"https://sky.example.org/batches/{ID}"
ACCEPTED = asdict(SubmittedBatch(ID, URL, URL, 1, ("clamped",)))
IMAGE = FinishedImage(0, "a.fits", 2880, 1, None, "j", "atlas", URL, URL)
RUNNING = BatchStatus(ID, BatchState.WORKING, mode="region", progress=Progress(updated=1.5))
FINISHED = BatchStatus(
    ID,
    BatchState.COMPLETE,
    finished="2026-11-20T12:00:00Z",
    files=(ResultFile("rows.tbl", 10, "0" * 32, "text/plain", URL),),
    unretrieved=Unretrieved(1, 2, URL),
    reasons=(ReasonCount("failed", "damaged", 1, ("3",)),),
    request=RequestSummary("region", region=RegionSummary((1.0, 2.0), "m31", 0.2)),
)


def as_sent(body: Any) -> Any:
    """Return a body as JSON carries it."""
    return json.loads(json.dumps(body))


@pytest.mark.parametrize("status", [RUNNING, FINISHED, BatchStatus(ID, "accepted")])
def test_a_status_conforms(status: BatchStatus) -> None:
    assert violations(as_sent(status.to_json()), "BatchStatus") == []


@pytest.mark.parametrize(
    ("body", "schema"),
    [
        (ACCEPTED, "SubmittedBatch"),
        (asdict(ImagePage((IMAGE,), "0-1")), "ImagePage"),
        (asdict(ImagePage((), None)), "ImagePage"),
        (NotFound("nothing").problem(), "ProblemDetails"),
        (
            InvalidRequest("x", errors=[CellError("ra", "x", "must be a number", 1, 2)]).problem(),
            "ProblemDetails",
        ),
    ],
)
def test_a_body_conforms(body: dict[str, Any], schema: str) -> None:
    assert violations(as_sent(body), schema) == []


@pytest.mark.parametrize(
    ("changes", "schema", "body"),
    [
        ({"batch_id": "x"}, "SubmittedBatch", ACCEPTED),
        ({"rows": -1}, "SubmittedBatch", ACCEPTED),
        ({"state": "unheard of"}, "BatchStatus", FINISHED.to_json()),
        ({"mode": "everything"}, "BatchStatus", FINISHED.to_json()),
        ({"chain": {}}, "BatchStatus", FINISHED.to_json()),
        ({"asked": {"mode": "region"}}, "BatchStatus", FINISHED.to_json()),
    ],
)
def test_a_body_of_another_form_does_not_conform(
    changes: dict[str, Any], schema: str, body: dict[str, Any]
) -> None:
    assert violations(as_sent({**body, **changes}), schema)


def test_fields_stand_under_their_names_on_the_wire() -> None:
    schemas = response_schemas()
    assert set(schemas["BatchStatus"]["properties"]) == {*FINISHED.to_json(), "surveys"}
    assert {"form", "ours"} <= set(schemas["RequestSummary"]["properties"])


def test_only_fields_that_may_be_absent_are_not_required() -> None:
    schemas = response_schemas()
    optional = {
        (name, field)
        for name, schema in schemas.items()
        for field in set(schema["properties"]) - set(schema["required"])
    }
    assert optional == {
        ("Progress", "updated"),
        ("ProblemDetails", "errors"),
        ("ResultFile", "crc32"),
        ("RequestSummary", "region"),
        ("RequestSummary", "scan"),
        ("RequestSummary", "surveys"),
        ("BatchStatus", "surveys"),
        ("BatchEstimate", "by_survey"),
        ("FinishedImage", "survey"),
        *(("UnderstoodRow", name) for name in UnderstoodRow.absent_if_none),
    }


def test_descriptions_are_those_of_the_docstring() -> None:
    @dataclass
    class Body:
        """A body,
        in two lines with ``code``.

        Attributes
        ----------
        first, second
            Two of
            a kind.
        third
            Another.
        """  # noqa: D205

        first: int = field(default=0)

    summary, descriptions = docstring_parts(Body)
    assert summary == "A body, in two lines with `code`."
    assert descriptions == {"first": "Two of a kind.", "second": "Two of a kind.", "third": "Another."}
