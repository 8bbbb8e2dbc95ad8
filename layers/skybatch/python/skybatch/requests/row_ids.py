"""Identifiers of rows: as given where they are short, else cut to a length that tables and names hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skybatch.requests.model import Row
from skybatch.requests.values import MAX_ID_CHARACTERS

# Ids that begin alike share their numbers, so that none is tried twice.
_NUMBER_CHARACTERS = 8


def shorten_ids(rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
    """Cut ids that are too long and make them unique; return the rows, and notices of what was changed.

    A row whose id was cut keeps the whole as ``given_id``. The work grows with the number of rows alone.
    """
    taken = {row.id for row in rows if row.id and len(row.id) <= MAX_ID_CHARACTERS}
    numbers: dict[str, int] = {}
    kept: list[Row] = []
    cut = 0
    for row in rows:
        if row.id is None or len(row.id) <= MAX_ID_CHARACTERS:
            kept.append(row)
            continue
        short = _unique(row.id, taken, numbers)
        taken.add(short)
        kept.append(replace(row, id=short, given_id=row.given_id or row.id))
        cut += 1
    if not cut:
        return kept, []
    ids = "One id is" if cut == 1 else f"{cut} ids are"
    rule = f"longer than {MAX_ID_CHARACTERS} characters and cut; the table rows keeps the whole as given_id"
    return kept, [f"{ids} {rule}."]


def _unique(given: str, taken: set[str], numbers: dict[str, int]) -> str:
    """Return the first characters of an id, with a number behind them where others begin alike."""
    found = short = given[:MAX_ID_CHARACTERS].rstrip()
    stem = short[: MAX_ID_CHARACTERS - _NUMBER_CHARACTERS]
    while found in taken:
        numbers[stem] = numbers.get(stem, 1) + 1
        found = f"{short[: MAX_ID_CHARACTERS - 1 - len(str(numbers[stem]))]}~{numbers[stem]}"
    return found
