"""Tally: compare what the bucket holds with what the plan wants, and say what comes next.

The only place that lists a batch's objects. Finished images are appended to the journal, part by part, in
the order they were seen; readers of the journal miss none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.execution.dispatch import read_resends
from skybatch.batch.execution.dispatch_state import DispatchState, NextStep
from skybatch.batch.execution.task_states import DONE, FAILED, TaskStates, write_progress
from skybatch.batch.failures import write_failure
from skybatch.batch.plan import Plan, Task, group_messages
from skybatch.batch.store import JSON_LINES, BatchStore, to_json_lines

MAX_SENDS = 3
# Seconds from one look to the next. Ten minutes into a batch the longest is reached: an execution holds
# 25,000 events.
SHORTEST_WAIT = 0.25
LONGEST_WAIT = 30
SECONDS_TO_LONGEST_WAIT = 600


@dataclass(frozen=True)
class Timeouts:
    """How long Tally waits, in seconds: for one message to come back, and for the whole batch."""

    visibility: float
    deadline: float


@dataclass(frozen=True)
class NextAction:
    """Where the batch goes next, after how many seconds, with which counts."""

    step: NextStep
    wait_seconds: float
    state: DispatchState


def tally(
    store: BatchStore, plan: Plan, state: DispatchState, timeouts: Timeouts, window: int, now: float
) -> NextAction:
    """Account for what finished since the last call and decide how to go on."""
    states = TaskStates.load(store, plan)
    finished = _see_finished(store, plan, states)
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
    wanted = group_messages(store.batch_id, stretch)
    sent = wanted[: state.cursor]
    unfinished, unsent = states.unfinished(sent), state.cursor < len(wanted)
    enough = window // 2 if unsent else 0  # so few outstanding that more are sent
    if unsent and unfinished <= enough:
        return NextAction("dispatch", 0, state)
    if now - state.progressed >= timeouts.visibility:
        return _after_silence(store, states, state, [task for m in sent for task in m.tasks], now)
    wait = seconds_to_wait(now - state.started, len(sent) - unfinished, unfinished - enough)
    return NextAction("wait", wait, state)


def seconds_to_wait(elapsed: float, done: int, left: int) -> float:
    """Seconds until a look is worth its listing: until ``left`` more are done, at the pace so far.

    ``done`` messages took ``elapsed`` seconds. Where none is done, as long again. From a fortieth of the time
    so far (no less than a quarter of a second) to a twentieth (no less than a second, no more than 30).
    """
    longest = min(LONGEST_WAIT, max(1.0, elapsed * LONGEST_WAIT / SECONDS_TO_LONGEST_WAIT))
    guess = elapsed * left / done if done else elapsed
    return min(longest, max(guess, SHORTEST_WAIT, elapsed / 40))


def _after_stretch(plan: Plan, states: TaskStates, state: DispatchState) -> NextAction:
    """All accounted for: go on where real sizes left room under the limit, else package."""
    if state.stop < len(plan.tasks) and plan.end_within_limit(state.stop, states.done_bytes) > state.stop:
        return NextAction("dispatch", 0, state.updated(start=state.stop))
    return NextAction("package", 0, state)


def _after_silence(
    store: BatchStore, states: TaskStates, state: DispatchState, sent: list[Task], now: float
) -> NextAction:
    """Nothing finished for a visibility timeout: send the missing again, give up the thrice sent."""
    resends = read_resends(store)
    missing = states.outstanding(sent)
    hopeless = [task for task in missing if 1 + resends.get(task.index, 0) >= MAX_SENDS]
    _give_up(store, hopeless, f"no worker could finish it in {MAX_SENDS} attempts")
    if len(hopeless) < len(missing):
        return NextAction("dispatch", 0, state.updated(resend=True))
    return NextAction("wait", 0, state.updated(progressed=now))


def _give_up(store: BatchStore, tasks: Iterable[Task], why: str) -> None:
    for task in tasks:
        write_failure(store, task.file, FailureCode.GAVE_UP, f"gave up: {why}")


def _see_finished(store: BatchStore, plan: Plan, states: TaskStates) -> int:
    """Mark what finished since the last tally and journal it; returns how many tasks that were.

    Images are listed from the first outstanding one on: the plan's order is the order of names.
    """
    first = states.first_outstanding()
    after = plan.tasks[first - 1].file if first else ""
    numbers = {task.file: task.index for task in plan.tasks}
    images = {numbers[s.name]: s.bytes for s in store.list(keys.IMAGES, after) if s.name in numbers}
    fresh = {n: size for n, size in images.items() if not states.is_done(n)}
    part = _journal(store, plan, states, fresh)
    for entry in part:
        states.letters[entry["n"]] = DONE
        states.done_bytes += entry["bytes"]
    failures = _see_failures(store, numbers, states)
    if part or failures:
        states.save(store)
    return len(part) + failures


def _journal(
    store: BatchStore, plan: Plan, states: TaskStates, fresh: dict[int, int]
) -> list[dict[str, Any]]:
    """Append a part to the journal, and give back what it holds.

    A tally that died after writing the part left it to us: the part that stands is the truth, and what
    else is fresh waits for the next tally.
    """
    if not fresh:
        return []
    entries = [_entry(plan.tasks[n], size) for n, size in fresh.items()]
    name = keys.journal_part(states.journal_parts)
    if not store.create(name, to_json_lines(entries), JSON_LINES):
        entries = store.read_lines(name) or []
    states.journal_parts += 1
    return entries


def journal_remaining(store: BatchStore, plan: Plan, retrieved: Mapping[int, int]) -> None:
    """Append to the journal what came after the last tally: real sizes of retrieved tasks by number.

    Outcomes are settled then, so a second call appends nothing else.
    """
    states = TaskStates.load(store, plan)
    rest = {n: size for n, size in retrieved.items() if not states.is_done(n)}
    _journal(store, plan, states, rest)


def _entry(task: Task, size: int) -> dict[str, Any]:
    return {
        "n": task.index,
        "file": task.file,
        "bytes": size,
        "row": task.row_number,
        "id": task.id,
        "band": task.band,
        "image_type": task.image_type,
    }


def _see_failures(store: BatchStore, numbers: dict[str, int], states: TaskStates) -> int:
    count = 0
    for stored in store.list(keys.FAILURES):
        n = numbers.get(keys.failed_file(stored.name))
        if n is not None and states.is_outstanding(n):
            states.letters[n] = FAILED
            count += 1
    return count
