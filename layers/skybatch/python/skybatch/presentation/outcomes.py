"""Outcomes of rows and reasons of failures as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skybatch.batch.codes import RowStatus
from skybatch.batch.reasons import BEYOND_LIMIT, FAILURE_MEANINGS, REASON_CHARACTERS, describe_failure
from skybatch.presentation.formatting import count, join_words, plain
from skybatch.status import BatchStatus, ReasonCount

OUTCOMES: dict[RowStatus, tuple[str, str]] = {
    RowStatus.RETRIEVED: ("Retrieved", "all images that exist for the row were retrieved"),
    RowStatus.PARTIAL: (
        "Partly retrieved",
        "some images of the row were retrieved; rows.tbl says how many",
    ),
    RowStatus.OVER_LIMIT: ("Beyond the limit", "left for the next batch"),
    RowStatus.FAILED: ("Failed", "the images could not be delivered"),
    RowStatus.NOT_COVERED: ("Not covered", "no image set covers the position, or the key or scan is unknown"),
    RowStatus.UNRESOLVED: ("Name not found", "no name service knows the name"),
    RowStatus.DUPLICATE: ("Duplicate", "an earlier row asks for the same images"),
    RowStatus.CANCELLED: ("Cancelled", "the batch was cancelled before these rows were processed"),
}
"""Title and meaning of each outcome of a row, in the order they are listed."""

_WITHOUT_REASONS = frozenset(
    {RowStatus.OVER_LIMIT, RowStatus.DUPLICATE, RowStatus.CANCELLED}
)  # the meaning says it all


@dataclass(frozen=True)
class OutcomeLine:
    """One line of the list of outcomes: how many rows ended so, and why, most frequent reason first."""

    code: str
    title: str
    meaning: str
    rows: int
    reasons: tuple[str, ...] = ()


def outcome_lines(status: BatchStatus) -> list[OutcomeLine]:
    """List the outcomes that occurred; their rows add up to the rows of the request."""
    counts = status.rows.by_outcome()
    return [
        OutcomeLine(code, title, meaning, counts[code], tuple(_reasons(status, code)))
        for code, (title, meaning) in OUTCOMES.items()
        if counts[code]
    ]


def informative_outcome_lines(status: BatchStatus) -> list[OutcomeLine]:
    """List the outcomes unless the summary says as much: the one of a single row without a reason."""
    lines = outcome_lines(status)
    return lines if status.rows.total > 1 or any(line.reasons for line in lines) else []


def _reasons(status: BatchStatus, code: str) -> Iterator[str]:
    for counted in status.reasons:
        if counted.outcome == code and code not in _WITHOUT_REASONS and counted.reason != BEYOND_LIMIT:
            yield describe_reason_count(counted)


def describe_reason_count(counted: ReasonCount) -> str:
    """Write a counted reason: ``the stored file is damaged (details): rows 4, 17 (m31) and 3 others``."""
    reason = plain(counted.reason, REASON_CHARACTERS)
    known = counted.code in FAILURE_MEANINGS
    text = describe_failure(counted.code, reason) if known else describe_reason(reason)
    return f"{text}: {_rows(counted)}"


def _rows(counted: ReasonCount) -> str:
    """Name the first rows and count the others."""
    named = [plain(name, 40) for name in counted.named]
    if not named:
        return count(counted.rows, "row")
    others = counted.rows - len(named)
    words = [*named, count(others, "other")] if others > 0 else named
    return f"{'row' if len(words) == 1 else 'rows'} {join_words(words)}"


def describe_reason(reason: object) -> str:
    """Write a reason that may begin with a code, as older batches have them, in plain words."""
    return describe_failure(*_code(plain(reason, REASON_CHARACTERS))) or ""


def _code(text: str) -> tuple[str | None, str]:
    """Split a known code from the beginning of a reason."""
    code, _, details = text.partition(": ")
    return (code, details) if code in FAILURE_MEANINGS else (None, text)
