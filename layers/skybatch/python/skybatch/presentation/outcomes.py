"""Outcomes of rows and reasons of failures as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skybatch.batch.codes import FailureCode, RowStatus
from skybatch.batch.reasons import BEYOND_LIMIT
from skybatch.presentation.formatting import join_words, plain
from skybatch.status import BatchStatus, ReasonCount

OUTCOMES: dict[RowStatus, tuple[str, str]] = {
    RowStatus.RETRIEVED: ("Retrieved", "all images of the row were retrieved"),
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

REASONS: dict[str, str] = {
    FailureCode.SOURCE_MISSING: "the archive lists the image but does not hold it",
    FailureCode.SOURCE_DAMAGED: "the stored file is damaged",
    FailureCode.SOURCE_UNSUPPORTED: "the stored file is not a plain two-dimensional image",
    FailureCode.SOURCE_DIFFERS: "the stored file is not the one that the inventory describes",
    FailureCode.GAVE_UP: "several attempts to produce the image did not finish",
}
"""Meaning of each code that the reason of a failed image can begin with."""


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
    """Write a counted reason: ``the stored file is damaged: 3, rows 4, 17 (m31) and others``."""
    text = f"{describe_reason(counted.reason)}: {counted.rows:,}"
    named = [plain(name, 40) for name in counted.named]
    if not named:
        return text
    more = ["others"] if counted.rows > len(named) else []
    return f"{text}, {'row' if len(named) + len(more) == 1 else 'rows'} {join_words([*named, *more])}"


def describe_reason(reason: object) -> str:
    """Write a reason with its code replaced by its meaning; what has no known code stays as it is."""
    text = plain(reason, 160)
    code, _, detail = text.partition(": ")
    if code not in REASONS:
        return text
    return f"{REASONS[code]} ({detail})" if detail else REASONS[code]
