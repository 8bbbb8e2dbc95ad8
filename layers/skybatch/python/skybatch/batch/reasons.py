"""Why images and rows ended as they did: the reasons that the batch itself gives, and their counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from skybatch.plain_text import plain
from skybatch.status import ReasonCount

REASONS_SHOWN = 20
ROWS_NAMED = 5

BEYOND_LIMIT = "beyond the batch's limit"
"""The reason of images that did not fit: it is told by how the rest can be had, not row by row."""
CANCELLED_REASON = "the batch was cancelled"


def group_reasons(rows: Iterable[Mapping[str, Any]]) -> tuple[ReasonCount, ...]:
    """Count reasons over rows (or images) that have ``outcome``, ``reason``, and ``row`` or ``id``.

    The most frequent comes first, and names its first few rows by number and id. Rows without a reason are
    left out.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.get("reason"):
            key = (str(row.get("outcome", "failed")), plain(row["reason"], 160))
            groups.setdefault(key, []).append(_row_name(row))
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return tuple(
        ReasonCount(outcome, reason, len(names), _first(names))
        for (outcome, reason), names in ordered[:REASONS_SHOWN]
    )


def _row_name(row: Mapping[str, Any]) -> str:
    number, name = row.get("row"), row.get("id")
    return " ".join(str(part) for part in (number, f"({plain(name, 15)})" if name else None) if part)


def _first(names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name)[:ROWS_NAMED]
