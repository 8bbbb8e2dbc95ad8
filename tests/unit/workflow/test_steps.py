"""The steps that the state machine calls."""

from __future__ import annotations

from skybatch.settings import Settings
from skybatch.workflow.steps import tally_step
from tests.support.batches.batch_fakes import BATCH_ID, Clock, FakeBatch, task


def test_short_waits_are_spent_in_the_step_and_long_ones_left_to_the_state_machine() -> None:
    batch = FakeBatch([task(n) for n in range(3)])
    batch.dispatch()
    state = {"batch_id": BATCH_ID, "loop": batch.state.to_json()}
    clock = Clock(1000.0)
    answer = tally_step(batch.store.objects, state, Settings(), clock)
    assert (answer["next"], answer["wait"], clock.slept) == ("wait", 1, [0.25, 0.25, 0.5])
    assert answer["loop"]["started"] == 1000.0
    first, *coming = batch.plan.tasks
    batch.deliver(first, coming.pop())
    clock = Clock(1001.0, meanwhile=lambda _: batch.deliver(coming.pop()))
    assert tally_step(batch.store.objects, answer, Settings(), clock)["next"] == "package"
    assert clock.slept == [0.5]  # two came in a second
