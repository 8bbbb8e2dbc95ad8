"""Why images and rows ended as they did: the reasons that the batch itself gives, and their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from skybatch.batch.codes import FailureCode
from skybatch.plain_text import plain
from skybatch.status import ReasonCount

REASONS_SHOWN = 20
ROWS_NAMED = 5
REASON_CHARACTERS = 160

BEYOND_LIMIT = "beyond the batch's limit"
"""The reason of images that did not fit: it is told by how the rest can be had, not row by row."""
CANCELLED_REASON = "the batch was cancelled"

FAILURE_MEANINGS: dict[str, str] = {
    FailureCode.SOURCE_MISSING: "the archive lists the image but does not hold it",
    FailureCode.SOURCE_ELSEWHERE: "the bucket of the image is in another region than its survey says",
    FailureCode.SOURCE_DAMAGED: "the stored file is damaged",
    FailureCode.SOURCE_UNSUPPORTED: "the stored file is not a plain two-dimensional image",
    FailureCode.SOURCE_DIFFERS: "the stored file is not the one that the inventory describes",
    FailureCode.GAVE_UP: "several attempts to produce the image did not finish",
    FailureCode.OVER_BATCH_LIMIT: "the image alone is larger than the limit of a batch",
    FailureCode.OUTSIDE_IMAGE: "the position lies outside the image, so there is nothing to crop",
    FailureCode.PADDED_TOO_LARGE: "the crop, padded to its full size, would be too large",
    FailureCode.OVER_WORKER_TIME: "the image is too large to be read and written in the time of one call",
}
"""What each kind of failure means, for people."""


def describe_failure(code: str | None, reason: str | None) -> str | None:
    """Write the meaning of a code with the details behind it; a reason without a known code as it is."""
    meaning = FAILURE_MEANINGS.get(code or "")
    if meaning is None:
        return reason
    return f"{meaning} ({reason})" if reason and reason != meaning else meaning


def cut_at_edge_reason(cut: int, crops: int) -> str | None:
    """Say how many crops reach beyond their image; None where none does."""
    if not cut:
        return None
    reach = "reaches beyond its image" if cut == 1 else "reach beyond their image"
    return f"{cut:,} of {crops:,} {'crop' if crops == 1 else 'crops'} {reach}"


def group_reasons(rows: Iterable[Mapping[str, Any]]) -> tuple[ReasonCount, ...]:
    """Count reasons over rows (or images) that have ``outcome``, ``reason``, and ``row`` or ``id``.

    Failures with the same ``code`` are one group, whatever their details; its reason is the most frequent
    of them. The largest group comes first, and names its first few rows by number and id. Rows without a
    reason are left out.
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row.get("reason"):
            key = (str(row.get("outcome", "failed")), row.get("code") or _shown(row))
            groups.setdefault(key, []).append(row)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return tuple(_counted(outcome, group) for (outcome, _), group in ordered[:REASONS_SHOWN])


def _counted(outcome: str, rows: Sequence[Mapping[str, Any]]) -> ReasonCount:
    reasons = Counter(_shown(row) for row in rows)
    first = reasons.most_common(1)[0][0]
    reason = first if len(reasons) == 1 else f"for example, {first}"
    named = _first([_row_name(row) for row in rows])
    return ReasonCount(outcome, reason, len(rows), named, rows[0].get("code"))


def _shown(row: Mapping[str, Any]) -> str:
    return plain(row["reason"], REASON_CHARACTERS)


def _row_name(row: Mapping[str, Any]) -> str:
    number, name = row.get("row"), row.get("id")
    return " ".join(str(part) for part in (number, f"({plain(name, 15)})" if name else None) if part)


def _first(names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name)[:ROWS_NAMED]
