"""Tally: every task accounted for, bounded resends, and an end in every case."""

from __future__ import annotations

import pytest

from skybatch.batch import keys
from skybatch.batch.execution.reconcile import MAX_SENDS, seconds_to_wait
from tests.support.batch_fakes import TIMEOUTS, World, task


def test_wait_of_a_batch_of_which_nothing_comes_grows_to_half_a_minute() -> None:
    world = World([task(0)])
    world.dispatch()
    waits = []
    for now in (1000, 1000.5, 1030, 1100, 1600, 3000):
        world.now = now
        world.loop = world.loop.updated(progressed=now)
        waits.append(world.tally().wait_seconds)
    assert waits == [0.25, 0.5, 1.5, 5, 30, 30]


@pytest.mark.parametrize(
    ("elapsed", "done", "left", "expected"),
    [
        (8.0, 80, 5, 0.5),  # ten a second
        (8.0, 80, 1, 0.25),
        (8.0, 80, 100, 1.0),
        (60.0, 600, 1, 1.5),  # a late look costs less than a fortieth
        (60.0, 10, 1000, 3.0),
        (4000.0, 10, 1000, 30.0),
    ],
)
def test_wait_is_as_long_as_what_is_left_takes_at_the_pace_so_far(
    elapsed: float, done: int, left: int, expected: float
) -> None:
    assert seconds_to_wait(elapsed, done, left) == pytest.approx(expected)


def test_lost_message_is_sent_again_after_silence_and_given_up_after_three_sends() -> None:
    world = World([task(0), task(1)])
    world.dispatch()
    world.deliver(world.plan.tasks[0])
    sends = 1
    for _ in range(10):
        action = world.tally()
        if action.step == "package":
            break
        if action.step == "dispatch":
            again = world.dispatch()
            assert [(m.again, [t.index for t in m.tasks]) for m in again] == [(True, [1])]
            sends += 1
        world.now += TIMEOUTS.visibility
    assert action.step == "package"
    assert sends == MAX_SENDS
    failure = world.store.read_json(keys.failure(world.plan.tasks[1].file))
    assert failure is not None
    assert failure["code"] == "gave_up"


def test_nothing_is_sent_again_while_there_is_progress() -> None:
    world = World([task(n) for n in range(5)])
    world.dispatch()
    for each in world.plan.tasks[:4]:
        world.now += TIMEOUTS.visibility - 1
        world.deliver(each)
        assert world.tally().step == "wait"


def test_deadline_ends_a_batch_that_still_progresses() -> None:
    world = World([task(0), task(1)])
    world.dispatch()
    world.tally()
    world.now += TIMEOUTS.deadline + 1
    world.deliver(world.plan.tasks[0])
    assert world.tally().step == "wait"
    assert world.tally().step == "package"
    assert world.store.exists(keys.failure(world.plan.tasks[1].file))


@pytest.mark.parametrize("hours", [-5, 5])
def test_clocks_that_differ_bring_no_message_twice_and_give_nothing_up(hours: float) -> None:
    world = World([task(0), task(1)])
    for _ in range(3):
        world.now += 3600 * hours
        world.dispatch()
        world.now -= 3600 * hours
        assert world.tally().step == "wait"
    assert len(world.sent) == 2
    world.now += TIMEOUTS.visibility
    assert world.tally().step == "dispatch"


def test_cancel_ends_at_the_next_tally() -> None:
    world = World([task(0), task(1)])
    world.dispatch()
    world.store.create_json(keys.CANCELLATION, {"at": 1})
    assert world.tally().step == "package"
