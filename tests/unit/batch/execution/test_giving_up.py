"""Tasks that are given up: recorded once, whoever records them again."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.execution.giving_up import give_up, read_given_up
from skybatch.batch.store import BatchStore
from tests.support.batches.batch_fakes import BATCH_ID


def test_each_task_has_the_reason_it_was_given_up_for() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    give_up(store, [4, 5], "one")
    give_up(store, [4, 5], "another run says the same of the same")
    give_up(store, [9], "two")
    give_up(store, [], "nothing")
    assert [(failed.number, failed.code, failed.reason) for failed in read_given_up(store)] == [
        (4, "gave_up", "gave up: one"),
        (5, "gave_up", "gave up: one"),
        (9, "gave_up", "gave up: two"),
    ]
    assert len(list(store.list(keys.GIVEN_UP))) == 2
