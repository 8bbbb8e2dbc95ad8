"""Dispatch: a bounded window, and nothing beyond the limit."""

from __future__ import annotations

from tests.support.batches.batch_fakes import FakeBatch, task


def test_window_bounds_what_is_outstanding_and_refills() -> None:
    batch = FakeBatch([task(n) for n in range(10)], window=4)
    assert len(batch.dispatch()) == 4
    assert batch.tally().step == "wait"
    batch.deliver(*batch.plan.tasks[:2])
    assert batch.tally().step == "dispatch"
    assert [m.tasks[0].index for m in batch.dispatch()] == [4, 5]


def test_limit_is_a_line_in_plan_order_and_nothing_beyond_it_is_sent() -> None:
    batch = FakeBatch([task(n, size=400) for n in range(5)], limit=1000)
    assert [m.tasks[0].index for m in batch.dispatch()] == [0, 1]
    batch.deliver(*batch.plan.tasks[:2])
    assert batch.tally().step == "package"


def test_line_moves_on_where_failures_left_room() -> None:
    batch = FakeBatch([task(n, size=400) for n in range(5)], limit=1000)
    batch.dispatch()
    batch.deliver(batch.plan.tasks[0])
    batch.fail(batch.plan.tasks[1])
    assert batch.tally().step == "dispatch"
    assert [m.tasks[0].index for m in batch.dispatch()] == [2]
    batch.deliver(batch.plan.tasks[2])
    assert batch.tally().step == "package"


def test_refused_task_weighs_nothing_and_is_never_sent() -> None:
    batch = FakeBatch([task(0, size=5000, refusal="larger than the limit"), task(1, size=900)], limit=1000)
    assert [m.tasks[0].index for m in batch.dispatch()] == [1]
    batch.deliver(batch.plan.tasks[1])
    assert batch.tally().step == "package"
