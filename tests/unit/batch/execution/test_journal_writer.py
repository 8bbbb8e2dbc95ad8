"""Writing the journal: parts that stay as they were first written."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.execution.journal_writer import append_part, append_remaining
from skybatch.batch.execution.task_states import TaskStates
from skybatch.batch.journal import read_journal
from skybatch.batch.plan import Plan
from skybatch.batch.store import BatchStore
from tests.support.batches.batch_fakes import BATCH_ID, task

PLAN = Plan(tuple(task(n) for n in range(4)), {"asky": "v1"}, {}, 10**9)


def indices(store: BatchStore) -> list[int]:
    return [image["n"] for image in read_journal(store, None, ended=True).images]


def test_parts_are_appended_in_order() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    states = TaskStates.load(store, PLAN)
    append_part(store, PLAN, states, {2: 20})
    append_part(store, PLAN, states, {0: 10, 1: 11})
    assert (states.journal_parts, indices(store)) == (2, [2, 0, 1])


def test_nothing_finished_is_no_part() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    states = TaskStates.load(store, PLAN)
    assert append_part(store, PLAN, states, {}) == []
    assert (states.journal_parts, list(store.list(keys.JOURNAL))) == (0, [])


def test_a_part_that_is_there_already_is_returned_as_it_stands() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    append_part(store, PLAN, TaskStates.load(store, PLAN), {0: 10})
    states = TaskStates.load(store, PLAN)  # as if the tally had died before saving
    again = append_part(store, PLAN, states, {0: 10, 1: 11})
    assert [(entry["n"], entry["bytes"]) for entry in again] == [(0, 10)]
    assert states.journal_parts == 1


def test_what_finished_after_the_last_tally_is_appended_once() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    states = TaskStates.load(store, PLAN)
    for entry in append_part(store, PLAN, states, {0: 10}):
        states.set_done(entry["n"], entry["bytes"])
    states.save(store)
    for _ in range(2):
        append_remaining(store, PLAN, {0: 10, 3: 13})
    assert indices(store) == [0, 3]


def test_an_entry_tells_programs_what_the_image_is() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    (entry,) = append_part(store, PLAN, TaskStates.load(store, PLAN), {1: 11})
    assert entry == {
        "n": 1,
        "file": PLAN.tasks[1].file,
        "bytes": 11,
        "row": 2,
        "id": None,
        "band": "j",
        "image_type": "atlas",
    }
