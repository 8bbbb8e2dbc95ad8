"""Tables as people have them, through ``POST /tables``, each with the rows that are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from skybatch.api.routes import tables
from tests.support.servers.http import MULTIPART, HttpClient, make_dependencies
from tests.support.tables.table_samples import upload_body

DEGREES = 2e-5  # of the digits that files have, and between FK5 and ICRS


@dataclass(frozen=True)
class Row:
    """What a row should be: a position in ICRS degrees or a name, and what else stands in it."""

    at: tuple[float, float] | str
    id: str | None = None
    frame: str = "icrs"
    size: float | None = None
    given_id: str | None = None


@dataclass(frozen=True)
class Golden:
    """An upload, its right rows, and words that its notices must hold (all of one string in one notice)."""

    upload: str | bytes
    rows: Sequence[Row]
    notices: Sequence[str] = ()


def answer_of(upload: str | bytes, status: int = 200) -> Any:
    """Post a table, and return the JSON of the answer."""

    def nothing_may_start(*_: object) -> Any:
        raise AssertionError("something was started")

    client = HttpClient(make_dependencies(start_execution=nothing_may_start), tables.routes)
    body = upload.encode() if isinstance(upload, str) else upload
    answer = client.post("/tables", upload_body(body), content_type=MULTIPART)
    assert answer.status == status, answer.body[:1000]
    return answer.json()


def assert_golden(golden: Golden) -> None:
    """Check every row of an answer, that nothing is an error, and what the notices say."""
    answer = answer_of(golden.upload)
    assert answer["errors"] == []
    assert len(answer["rows"]) == len(golden.rows), answer["rows"]
    for row, right in zip(answer["rows"], golden.rows, strict=True):
        _assert_row(row, right)
    for words in golden.notices:
        found = [
            text for text in answer["notices"] if all(word in text.lower() for word in words.lower().split())
        ]
        assert found, (words, answer["notices"])


def _assert_row(row: dict[str, Any], right: Row) -> None:
    if isinstance(right.at, str):
        assert (row["name"], row["ra"]) == (right.at, None)
    else:
        assert row["ra"] is not None, row
        assert (row["ra"], row["dec"]) == pytest.approx(right.at, abs=DEGREES)
        assert row["from"]["frame"].lower().startswith(right.frame), row["from"]
    assert (row["id"], row.get("given_id")) == (right.id, right.given_id)
    assert row["size"] == pytest.approx(right.size) if right.size is not None else row["size"] is None
