"""Tally: compare what the bucket holds with what the plan wants, and decide how to go on.

Nothing else lists a running batch's objects. Finished images are appended to the journal, part by part, so
that its readers miss none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.execution.dispatch import read_resends
from skybatch.batch.execution.dispatch_state import DispatchState, NextStep
from skybatch.batch.execution.journal_writer import append_part
from skybatch.batch.execution.task_states import TaskStates, write_progress
from skybatch.batch.failures import write_failure
from skybatch.batch.message import group_messages
from skybatch.batch.plan import Plan, Task
from skybatch.batch.store import BatchStore

MAX_SENDS = 3
# Seconds from one tally to the next. The longest is reached ten minutes into a batch, because an execution
# of Step Functions holds 25,000 events.
SHORTEST_WAIT = 0.25
LONGEST_WAIT = 30
SECONDS_TO_LONGEST_WAIT = 600


@dataclass(frozen=True)
class Timeouts:
    """How long Tally waits, in seconds: for one message to be done, and for the whole batch."""

    visibility: float
    deadline: float


@dataclass(frozen=True)
class NextAction:
    """What the state machine does next, after how many seconds, with which state."""

    step: NextStep
    wait_seconds: float
    state: DispatchState


def tally(
    store: BatchStore, plan: Plan, state: DispatchState, timeouts: Timeouts, window: int, now: float
) -> NextAction:
    """Account for what finished since the last call and decide how to go on."""
    states = TaskStates.load(store, plan)
    finished = _account_finished(store, plan, states)
    progressed = now if finished else state.progressed or now
    state = state.updated(started=state.started or now, progressed=progressed)
    if store.exists(keys.CANCELLATION):
        return NextAction("package", 0, state)
    action = _decide(store, plan, states, state, timeouts, window, now)
    write_progress(store, plan, states, action.state, now)
    return action


def _decide(
    store: BatchStore,
    plan: Plan,
    states: TaskStates,
    state: DispatchState,
    timeouts: Timeouts,
    window: int,
    now: float,
) -> NextAction:
    stretch = plan.tasks[state.start : state.stop]
    if not states.outstanding(stretch):
        return _after_stretch(plan, states, state)
    if now - state.started > timeouts.deadline:
        _give_up(store, states.outstanding(stretch), "the batch's time was over")
        return NextAction("wait", 0, state)
    messages = group_messages(store.batch_id, stretch)
    sent = messages[: state.cursor]
    unfinished, unsent = states.unfinished(sent), state.cursor < len(messages)
    refill_at = window // 2 if unsent else 0  # so few outstanding that more are sent
    if unsent and unfinished <= refill_at:
        return NextAction("dispatch", 0, state)
    if now - state.progressed >= timeouts.visibility:
        tasks = [task for message in sent for task in message.tasks]
        return _after_silence(store, states.outstanding(tasks), state, now)
    wait = seconds_to_wait(now - state.started, len(sent) - unfinished, unfinished - refill_at)
    return NextAction("wait", wait, state)


def seconds_to_wait(elapsed: float, done: int, left: int) -> float:
    """Estimate the seconds until ``left`` more messages are done, at the pace so far.

    ``done`` messages took ``elapsed`` seconds; where none is done, the estimate is as long again. It is
    bounded from below by a fortieth of the time so far and `SHORTEST_WAIT`, from above by a twentieth (no
    less than a second) and `LONGEST_WAIT`: a tally costs listings, so it should find something.
    """
    longest = min(LONGEST_WAIT, max(1.0, elapsed * LONGEST_WAIT / SECONDS_TO_LONGEST_WAIT))
    estimate = elapsed * left / done if done else elapsed
    return min(longest, max(estimate, SHORTEST_WAIT, elapsed / 40))


def _after_stretch(plan: Plan, states: TaskStates, state: DispatchState) -> NextAction:
    """All tasks are finished: go on where real sizes left room under the limit, else package."""
    if state.stop < len(plan.tasks) and plan.end_within_limit(state.stop, states.done_bytes) > state.stop:
        return NextAction("dispatch", 0, state.updated(start=state.stop))
    return NextAction("package", 0, state)


def _after_silence(
    store: BatchStore, missing: Sequence[Task], state: DispatchState, now: float
) -> NextAction:
    """Nothing finished for a visibility timeout: send the missing tasks again, give up those sent thrice."""
    resends = read_resends(store)
    exhausted = [task for task in missing if 1 + resends.get(task.index, 0) >= MAX_SENDS]
    _give_up(store, exhausted, f"no worker could finish it in {MAX_SENDS} attempts")
    if len(exhausted) < len(missing):
        return NextAction("dispatch", 0, state.updated(resend=True))
    return NextAction("wait", 0, state.updated(progressed=now))


def _give_up(store: BatchStore, tasks: Iterable[Task], why: str) -> None:
    for task in tasks:
        write_failure(store, task.file, FailureCode.GAVE_UP, f"gave up: {why}")


def _account_finished(store: BatchStore, plan: Plan, states: TaskStates) -> int:
    """Note and journal what finished since the last tally; return how many tasks that were.

    Images are listed from the first outstanding one on, because the plan's order is that of file names.
    """
    first = states.first_outstanding()
    after = plan.tasks[first - 1].file if first else ""
    indices = {task.file: task.index for task in plan.tasks}
    images = {indices[s.name]: s.bytes for s in store.list(keys.IMAGES, after) if s.name in indices}
    entries = append_part(
        store,
        plan,
        states,
        {index: size for index, size in images.items() if not states.is_done(index)},
    )
    for entry in entries:
        states.set_done(entry["n"], entry["bytes"])
    failures = _account_failures(store, indices, states)
    if entries or failures:
        states.save(store)
    return len(entries) + failures


def _account_failures(store: BatchStore, indices: dict[str, int], states: TaskStates) -> int:
    count = 0
    for stored in store.list(keys.FAILURES):
        index = indices.get(keys.failed_file(stored.name))
        if index is not None and states.is_outstanding(index):
            states.set_failed(index)
            count += 1
    return count
