"""Writing the journal: parts that stay as they were first written, and decide where images lie."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.journal_writer import PART_IMAGES, append_parts, append_remaining
from skybatch.batch.execution.task_states import TaskStates
from skybatch.batch.journal import all_entries, read_journal
from skybatch.batch.plan import Plan
from skybatch.batch.store import BatchStore
from skybatch.bundles.place import Place
from tests.support.batches.batch_fakes import BATCH_ID, task

PLAN = Plan(tuple(task(n) for n in range(4)), {"asky": "v1"}, {}, 10**9)


def place(number: int, bundle: str = "000000-a") -> Place:
    return Place(bundle, '"e"', 1024 * number, 1024 * number + 512, 10 + number, "0" * 32, number)


def places(*numbers: int) -> dict[int, Place]:
    return {number: place(number) for number in numbers}


def indices(store: BatchStore) -> list[int]:
    return [image["n"] for image in read_journal(store, None, ended=True).images]


def test_parts_are_appended_in_order() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    states = TaskStates.load(store, PLAN)
    assert append_parts(store, PLAN, states, places(2)) == 1
    assert append_parts(store, PLAN, states, places(0, 1)) == 2
    assert (states.journal_parts, indices(store)) == (2, [2, 0, 1])
    assert states.done_bytes == 12 + 10 + 11


def test_nothing_finished_is_no_part() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    states = TaskStates.load(store, PLAN)
    assert append_parts(store, PLAN, states, {}) == 0
    assert (states.journal_parts, list(store.list(keys.JOURNAL))) == (0, [])


def test_a_part_that_is_there_already_counts_as_it_stands_and_the_rest_goes_on_behind_it() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    append_parts(store, PLAN, TaskStates.load(store, PLAN), places(0))
    states = TaskStates.load(store, PLAN)  # as if the tally had died before saving
    append_parts(store, PLAN, states, {0: place(0, "another"), 1: place(1)})
    assert [(entry["n"], entry["place"][0]) for entry in all_entries(store)] == [
        (0, "000000-a"),
        (1, "000000-a"),
    ]
    assert (states.journal_parts, states.done_bytes) == (2, 21)


def test_what_finished_after_the_last_tally_is_appended_once() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    states = TaskStates.load(store, PLAN)
    append_parts(store, PLAN, states, places(0))
    states.save(store, PLAN, DispatchState(stop=2), now=5.0)
    for _ in range(2):
        append_remaining(store, PLAN, places(0, 3))
    assert indices(store) == [0, 3]


def test_a_part_has_a_bounded_number_of_images() -> None:
    plan = Plan(tuple(task(n) for n in range(PART_IMAGES + 1)), {}, {}, 10**9)
    store = BatchStore(MemoryStore(), BATCH_ID)
    states = TaskStates.load(store, plan)
    append_parts(store, plan, states, places(*range(PART_IMAGES + 1)))
    assert [len(store.read_lines(keys.journal_part(n)) or []) for n in (0, 1)] == [PART_IMAGES, 1]
    assert [entry["n"] for entry in all_entries(store)] == list(range(PART_IMAGES + 1))


def test_an_entry_tells_programs_what_the_image_is_and_where() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    append_parts(store, PLAN, TaskStates.load(store, PLAN), places(1))
    (entry,) = all_entries(store)
    assert entry == {
        "n": 1,
        "file": PLAN.tasks[1].file,
        "bytes": 11,
        "row": 2,
        "id": None,
        "band": "j",
        "image_type": "atlas",
        "place": place(1).to_json(),
    }


def test_the_survey_of_an_image_is_known_from_the_plan_alone() -> None:
    """A tally reads no inventory, so it knows of no survey but those of the package."""
    surveys = {"unheard-of": "unheard-of-survey"}
    plan = Plan((task(0, dataset="unheard-of"),), {}, {}, 10**9, repeated={"unheard-of": ()}, surveys=surveys)
    store = BatchStore(MemoryStore(), BATCH_ID)
    append_remaining(store, plan, places(0))
    assert [image["survey"] for image in read_journal(store, None, ended=True).images] == [*surveys.values()]
