"""The journal of finished images: pages that miss no image and repeat none."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from skybatch.batch import keys
from skybatch.batch.journal import read_journal, read_latest
from skybatch.batch.store import BatchStore
from skybatch.errors import InvalidRequest
from tests.support.batches.batch_fakes import FakeBatch, task


def test_journal_misses_none_and_repeats_none_when_a_tally_dies_half_way() -> None:
    batch = FakeBatch([task(n) for n in range(6)])
    batch.dispatch()
    batch.deliver(*batch.plan.tasks[:2])
    batch.tally()
    batch.deliver(batch.plan.tasks[4])
    before = batch.store.read(keys.PROGRESS)
    batch.tally()
    assert before is not None
    batch.store.write(keys.PROGRESS, before)  # as if the tally had died before saving its marks
    batch.deliver(batch.plan.tasks[3])
    batch.tally()
    batch.tally()
    seen, cursor = [], None
    while True:
        page = read_journal(batch.store, cursor, ended=True)
        seen += [image["n"] for image in page.images]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [0, 1, 4, 3]


def test_journal_goes_on_where_it_stopped_while_the_batch_runs() -> None:
    batch = FakeBatch([task(n) for n in range(3)])
    first = read_journal(batch.store, None, ended=False)
    assert first.images == []
    batch.dispatch()
    batch.deliver(batch.plan.tasks[1])
    batch.tally()
    second = read_journal(batch.store, first.next_cursor, ended=False)
    assert [image["file"] for image in second.images] == [batch.plan.tasks[1].file]
    assert read_journal(batch.store, second.next_cursor, ended=False).images == []


@pytest.mark.parametrize("cursor", ["x", "1", "-1-0", "../0", "1-2-3", "9" * 40 + "-1"])
def test_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="next"):
        read_journal(FakeBatch([task(0)]).store, cursor, ended=False)


def test_the_latest_images_are_those_at_the_end_and_the_cursor_goes_on_behind_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = FakeBatch([task(n) for n in range(6)])
    batch.dispatch()
    assert read_latest(batch.store, 3).images == []
    for n in (4, 0, 2, 5):
        batch.deliver(batch.plan.tasks[n])
        batch.tally()
    read = Counter[str]()
    read_lines = BatchStore.read_lines

    def counting(store: BatchStore, name: str, first: int | None = None) -> list[dict[str, Any]] | None:
        read[name] += 1
        return read_lines(store, name, first)

    with monkeypatch.context() as patched:
        patched.setattr(BatchStore, "read_lines", counting)
        page = read_latest(batch.store, 3)
    assert read == dict.fromkeys(map(keys.journal_part, (3, 2, 1)), 1)  # not from the first one on
    assert [image["n"] for image in page.images] == [0, 2, 5]
    batch.deliver(batch.plan.tasks[1])
    batch.tally()
    assert [image["n"] for image in read_journal(batch.store, page.next_cursor, ended=False).images] == [1]
