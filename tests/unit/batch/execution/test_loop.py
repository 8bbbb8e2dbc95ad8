"""Dispatch and tally: a bounded window, an exact limit, bounded resends, and an end in every case."""

from __future__ import annotations

import json

import pytest

from skybatch.batch import keys
from skybatch.batch.execution.reconcile import MAX_SENDS, seconds_to_wait
from skybatch.batch.execution.task_queue import BYTES_PER_CALL, TaskQueue
from skybatch.batch.journal import read_journal
from skybatch.batch.message import Message, group_messages
from skybatch.batch.plan import load_plan
from skybatch.errors import InvalidRequest, Transient
from skybatch.fits.pixel_box import PixelBox
from skybatch.settings import Settings
from skybatch.workflow.steps import tally_step
from tests.support.batch_fakes import BATCH_ID, TIMEOUTS, Clock, Sqs, World, task


def test_plan_survives_its_file_exactly() -> None:
    world = World([task(0, box=PixelBox(1, 2, 3, 4)), task(1, refusal="larger than the limit")])
    assert load_plan(world.store) == world.plan


def test_one_message_is_one_source_with_at_most_100_tasks() -> None:
    tasks = [task(n, source="a" if n % 2 else "b") for n in range(250)]
    grouped = group_messages(BATCH_ID, tasks)
    assert [m.source for m in grouped] == ["b", "b", "a", "a"]
    assert [len(m.tasks) for m in grouped] == [100, 25, 100, 25]
    assert sorted(t.index for m in grouped for t in m.tasks) == list(range(250))


def test_window_bounds_what_is_outstanding_and_refills() -> None:
    world = World([task(n) for n in range(10)], window=4)
    assert len(world.dispatch()) == 4
    assert world.tally().step == "wait"
    world.deliver(*world.plan.tasks[:2])
    assert world.tally().step == "dispatch"
    assert [m.tasks[0].index for m in world.dispatch()] == [4, 5]


def test_calls_are_bounded_by_ten_messages_and_by_bytes() -> None:
    sqs = Sqs()
    long = [task(n, source="x", id="i" * 15) for n in range(100)]
    TaskQueue(sqs, "queue").send([Message(BATCH_ID, "x", tuple(long))] * 25)
    for call in sqs.calls:
        assert len(call) <= 10
        assert sum(len(entry["MessageBody"].encode()) for entry in call) <= BYTES_PER_CALL
        assert {entry["MessageGroupId"] for entry in call} == {BATCH_ID}
    assert sum(map(len, sqs.calls)) == 25


def test_messages_the_queue_refuses_are_sent_again_and_then_raise() -> None:
    sqs = Sqs(refuse=[{"0"}])
    TaskQueue(sqs, "queue").send([Message(BATCH_ID, "x", (task(0),)), Message(BATCH_ID, "y", (task(1),))])
    assert sorted(json.loads(e["MessageBody"])["source"] for call in sqs.calls for e in call) == ["x", "y"]
    with pytest.raises(Transient, match="refused 1"):
        TaskQueue(Sqs(refuse=[{"0"}] * 3), "queue").send([Message(BATCH_ID, "x", (task(0),))])


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


def test_short_waits_are_spent_in_the_step_and_long_ones_left_to_the_state_machine() -> None:
    world = World([task(n) for n in range(3)])
    world.dispatch()
    state = {"batch_id": BATCH_ID, "loop": world.loop.to_json()}
    clock = Clock(1000.0)
    answer = tally_step(world.store.objects, state, Settings(), clock)
    assert (answer["next"], answer["wait"], clock.slept) == ("wait", 1, [0.25, 0.25, 0.5])
    assert answer["loop"]["started"] == 1000.0
    first, *coming = world.plan.tasks
    world.deliver(first, coming.pop())
    clock = Clock(1001.0, meanwhile=lambda _: world.deliver(coming.pop()))
    assert tally_step(world.store.objects, answer, Settings(), clock)["next"] == "package"
    assert clock.slept == [0.5]  # two came in a second


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


def test_journal_misses_none_and_repeats_none_when_a_tally_dies_half_way() -> None:
    world = World([task(n) for n in range(6)])
    world.dispatch()
    world.deliver(*world.plan.tasks[:2])
    world.tally()
    world.deliver(world.plan.tasks[4])
    before = world.store.read(keys.TASK_STATES)
    world.tally()
    assert before is not None
    world.store.write(keys.TASK_STATES, before)  # as if the tally had died before saving its marks
    world.deliver(world.plan.tasks[3])
    world.tally()
    world.tally()
    seen, cursor = [], None
    while True:
        page = read_journal(world.store, cursor, ended=True)
        seen += [image["n"] for image in page.images]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [0, 1, 4, 3]


def test_journal_goes_on_where_it_stopped_while_the_batch_runs() -> None:
    world = World([task(n) for n in range(3)])
    first = read_journal(world.store, None, ended=False)
    assert first.images == []
    world.dispatch()
    world.deliver(world.plan.tasks[1])
    world.tally()
    second = read_journal(world.store, first.next_cursor, ended=False)
    assert [image["file"] for image in second.images] == [world.plan.tasks[1].file]
    assert read_journal(world.store, second.next_cursor, ended=False).images == []


@pytest.mark.parametrize("cursor", ["x", "1", "-1-0", "../0", "1-2-3", "9" * 40 + "-1"])
def test_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="next"):
        read_journal(World([task(0)]).store, cursor, ended=False)
