"""Dispatch: a bounded window, and nothing beyond the limit."""

from __future__ import annotations

from tests.support.batch_fakes import World, task


def test_window_bounds_what_is_outstanding_and_refills() -> None:
    world = World([task(n) for n in range(10)], window=4)
    assert len(world.dispatch()) == 4
    assert world.tally().step == "wait"
    world.deliver(*world.plan.tasks[:2])
    assert world.tally().step == "dispatch"
    assert [m.tasks[0].index for m in world.dispatch()] == [4, 5]


def test_limit_is_a_line_in_plan_order_and_nothing_beyond_it_is_sent() -> None:
    world = World([task(n, size=400) for n in range(5)], limit=1000)
    assert [m.tasks[0].index for m in world.dispatch()] == [0, 1]
    world.deliver(*world.plan.tasks[:2])
    assert world.tally().step == "package"


def test_line_moves_on_where_failures_left_room() -> None:
    world = World([task(n, size=400) for n in range(5)], limit=1000)
    world.dispatch()
    world.deliver(world.plan.tasks[0])
    world.fail(world.plan.tasks[1])
    assert world.tally().step == "dispatch"
    assert [m.tasks[0].index for m in world.dispatch()] == [2]
    world.deliver(world.plan.tasks[2])
    assert world.tally().step == "package"


def test_refused_task_weighs_nothing_and_is_never_sent() -> None:
    world = World([task(0, size=5000, refusal="larger than the limit"), task(1, size=900)], limit=1000)
    assert [m.tasks[0].index for m in world.dispatch()] == [1]
    world.deliver(world.plan.tasks[1])
    assert world.tally().step == "package"
