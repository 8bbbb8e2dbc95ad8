"""The states of tasks: stored as one letter a task, counted for the progress."""

from __future__ import annotations

from dataclasses import replace

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.stretches import PlannedBundle
from skybatch.batch.execution.task_states import DONE, FAILED, OUTSTANDING, TaskStates
from skybatch.batch.plan import Plan
from skybatch.batch.store import BatchStore
from tests.support.batches.batch_fakes import BATCH_ID, task

TASKS = (task(0), task(1, refusal="larger than the limit"), task(2), task(3))
PLAN = Plan(TASKS, {"asky": "v1"}, {}, 10**9)


def store() -> BatchStore:
    return BatchStore(MemoryStore(), BATCH_ID)


def test_a_fresh_plan_has_its_refused_tasks_failed() -> None:
    states = TaskStates.load(store(), PLAN)
    assert states.outstanding(range(4)) == [0, 2, 3]
    assert [states.count(letter) for letter in (OUTSTANDING, DONE, FAILED)] == [3, 0, 1]


def test_states_read_back_the_same_from_the_stored_keys() -> None:
    batch = store()
    states = TaskStates.load(batch, PLAN)
    states.set_done(0, 123)
    states.set_failed(2)
    states.journal_parts = 4
    states.set_seen(["000003-b", "000000-a"])
    assert states.changed
    states.save(batch, PLAN, DispatchState(stop=3), now=5.0)
    assert (bytes(states.letters), states.changed) == (b"dff.", False)
    assert vars(TaskStates.load(batch, PLAN)) == vars(states)


def test_the_states_of_a_hundred_thousand_tasks_are_few_bytes_of_what_readers_fetch() -> None:
    batch = store()
    plan = Plan(tuple(task(n) for n in range(100_000)), {"asky": "v1"}, {}, 10**9)
    states = TaskStates.load(batch, plan)
    for n in range(0, 100_000, 3):
        states.set_done(n, 100)
    states.save(batch, plan, DispatchState(stop=100_000), now=5.0)
    assert len(batch.read(keys.PROGRESS) or b"") < 2000


def test_progress_before_there_was_a_tally_has_no_states() -> None:
    batch = store()
    batch.write_json(keys.PROGRESS, {"state": "planning"})
    assert TaskStates.load(batch, PLAN).outstanding(range(4)) == [0, 2, 3]


def test_a_success_replaces_a_failure_and_counts_once() -> None:
    states = TaskStates.load(store(), PLAN)
    states.set_failed(2)
    for _ in range(2):
        states.set_done(2, 70)
    states.set_failed(2)
    assert (states.is_done(2), states.done_bytes) == (True, 70)


def test_a_bundle_is_unfinished_while_one_of_its_tasks_is() -> None:
    bundles = [PlannedBundle(((0, 2),), 0, 1), PlannedBundle(((3,),), 1, 1)]
    states = TaskStates.load(store(), PLAN)
    states.set_done(0, 1)
    assert states.unfinished(bundles) == 2
    states.set_failed(2)
    assert states.unfinished(bundles) == 1


def test_progress_counts_the_tasks_within_the_limit() -> None:
    batch = store()
    states = TaskStates.load(batch, PLAN)
    states.set_done(0, 77)
    states.save(batch, PLAN, DispatchState(stop=3), now=5.0)
    progress = batch.read_json(keys.PROGRESS) or {}
    assert progress.pop("account")
    assert progress == {
        "state": "working",
        "parts": PLAN.parts,
        "tasks": 3,
        "done": 1,
        "failed": 1,
        "bytes_done": 77,
        "bytes_planned": 200,
        "updated": 5.0,
    }


def test_a_refused_task_beyond_the_limit_is_no_failure_yet() -> None:
    batch = store()
    TaskStates.load(batch, PLAN).save(batch, PLAN, DispatchState(stop=1), now=5.0)
    assert (batch.read_json(keys.PROGRESS) or {})["failed"] == 0


def test_progress_has_the_notices_of_the_plan() -> None:
    batch, plan = store(), replace(PLAN, notices=("not as asked",))
    TaskStates.load(batch, plan).save(batch, plan, DispatchState(stop=1), now=5.0)
    assert (batch.read_json(keys.PROGRESS) or {})["notices"] == ["not as asked"]


def test_progress_says_when_the_archive_is_made_next() -> None:
    batch = store()
    for all_done, state in ((False, "working"), (True, "packaging")):
        TaskStates.load(batch, PLAN).save(batch, PLAN, DispatchState(stop=3), now=5.0, all_done=all_done)
        assert (batch.read_json(keys.PROGRESS) or {})["state"] == state
