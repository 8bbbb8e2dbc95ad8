"""Dispatch: a bounded window, and nothing beyond the limit."""

from __future__ import annotations

from skybatch.batch.execution.dispatch_state import DispatchState
from tests.support.batches.batch_fakes import FakeBatch, task


def test_window_bounds_what_is_outstanding_and_refills() -> None:
    batch = FakeBatch([task(n) for n in range(10)], window=4)
    assert len(batch.dispatch()) == 4
    assert batch.tally().step == "wait"
    batch.deliver(*batch.plan.tasks[:2])
    assert batch.tally().step == "dispatch"
    assert batch.numbers_of(batch.dispatch()) == [[4], [5]]


def test_limit_is_a_line_in_plan_order_and_nothing_beyond_it_is_sent() -> None:
    batch = FakeBatch([task(n, size=400) for n in range(5)], limit=1000)
    assert batch.numbers_of(batch.dispatch()) == [[0], [1]]
    batch.deliver(*batch.plan.tasks[:2])
    assert batch.tally().step == "package"


def test_line_moves_on_where_failures_left_room() -> None:
    batch = FakeBatch([task(n, size=400) for n in range(5)], limit=1000)
    batch.dispatch()
    batch.deliver(batch.plan.tasks[0])
    batch.fail(batch.plan.tasks[1])
    assert batch.tally().step == "dispatch"
    assert batch.numbers_of(batch.dispatch()) == [[2]]
    batch.deliver(batch.plan.tasks[2])
    assert batch.tally().step == "package"


def test_refused_task_weighs_nothing_and_is_never_sent() -> None:
    batch = FakeBatch([task(0, size=5000, refusal="larger than the limit"), task(1, size=900)], limit=1000)
    assert batch.numbers_of(batch.dispatch()) == [[1]]
    batch.deliver(batch.plan.tasks[1])
    assert batch.tally().step == "package"


def test_the_window_counts_bundles_however_many_images_they_read() -> None:
    batch = FakeBatch([task(n) for n in range(10)], window=1, worker_seconds=30)
    assert batch.numbers_of(batch.dispatch()) == [list(range(10))]


def test_a_stretch_stays_as_it_was_first_packed() -> None:
    """Dispatch may die after it has sent, and the next may pack otherwise: keys hold the same tasks."""
    batch = FakeBatch([task(n) for n in range(4)])
    sent = batch.dispatch()
    batch.state = DispatchState()
    batch.worker_seconds = 30
    assert batch.dispatch() == sent


def test_a_lost_bundle_is_sent_whole_once_then_one_message_a_stored_image() -> None:
    batch = FakeBatch([task(n, source=f"{n // 2}") for n in range(6)], worker_seconds=30)
    batch.dispatch()
    batch.state = batch.state.updated(resend=True)
    (whole,) = batch.dispatch()
    assert (whole.source, whole.attempt, whole.again) == (None, 0, True)
    batch.state = batch.state.updated(resend=True)
    assert [(m.source, m.attempt, m.again) for m in batch.dispatch()] == [(n, 2, True) for n in range(3)]


def test_a_bundle_that_is_there_in_part_is_sent_by_what_it_lacks() -> None:
    batch = FakeBatch([task(n, source=f"{n // 2}") for n in range(6)], worker_seconds=30)
    batch.dispatch()
    batch.deliver(*batch.plan.tasks[:3])
    batch.tally()
    batch.state = batch.state.updated(resend=True)
    assert batch.numbers_of(batch.dispatch()) == [[2, 3], [4, 5]]
