"""The finished images of a running batch, in the order they were seen, a page at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skybatch.batch import keys
from skybatch.batch.store import BatchStore
from skybatch.errors import CellError, InvalidRequest

PAGE_IMAGES = 1000
_CURSOR = re.compile(r"(\d{1,6})-(\d{1,6})")


@dataclass(frozen=True)
class JournalPage:
    """Finished images, and the cursor of the next page; None after the last page of an ended batch."""

    images: list[dict[str, Any]]
    next_cursor: str | None


def read_journal(store: BatchStore, after: str | None, ended: bool) -> JournalPage:
    """Read a page of the images that finished after a cursor (None: from the first one on).

    While the batch runs there is always a next cursor; following it misses no image and repeats none.

    Raises InvalidRequest for a cursor that no page gave.
    """
    part, offset = _cursor(after)
    images: list[dict[str, Any]] = []
    while len(images) < PAGE_IMAGES:
        entries = store.read_lines(keys.journal_part(part))
        if entries is None:
            return JournalPage(images, None if ended else f"{part}-0")
        added = entries[offset : offset + PAGE_IMAGES - len(images)]
        images += added
        offset += len(added)
        if offset >= len(entries):
            part, offset = part + 1, 0
    return JournalPage(images, f"{part}-{offset}")


def read_latest(store: BatchStore, count: int) -> JournalPage:
    """Read the last ``count`` images that finished in a running batch, and the cursor behind them."""
    images: list[dict[str, Any]] = []
    parts = _parts(store)
    for part in reversed(parts):
        images = [*(store.read_lines(keys.journal_part(part)) or ()), *images]
        if len(images) >= count:
            break
    return JournalPage(images[-count:], f"{len(parts)}-0")


def all_entries(store: BatchStore) -> Iterator[dict[str, Any]]:
    """Read the whole journal, in order."""
    for body in store.read_many(map(keys.journal_part, _parts(store))):
        yield from map(json.loads, (body or b"").splitlines())


def _parts(store: BatchStore) -> list[int]:
    """List the numbers of the parts that are written, which begin at 0 and leave none out."""
    return sorted(int(stored.name.removesuffix(".jsonl")) for stored in store.list(keys.JOURNAL))


def _cursor(after: str | None) -> tuple[int, int]:
    if not after:
        return 0, 0
    found = _CURSOR.fullmatch(after)
    if found is None:
        error = CellError("after", after, "must be the `next` of an earlier answer")
        raise InvalidRequest(error.sentence(), errors=[error])
    return int(found[1]), int(found[2])
