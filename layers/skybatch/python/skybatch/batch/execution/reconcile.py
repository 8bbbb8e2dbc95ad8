"""Tally: compare what the bucket holds with what the plan wants, and say what comes next.

The only place that lists a batch's objects. Finished images are appended to the journal, part by part, in
the order they were seen; readers of the journal miss none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skybatch.batch.execution.dispatch import read_resends
from skybatch.batch.execution.progress import DONE, FAILED, OUTSTANDING, Loop, Marks, Next, report
from skybatch.batch.failures import write_failure
from skybatch.batch.plan import Plan, Task, messages
from skybatch.batch.store import BatchStore, to_lines

MAX_SENDS = 3
# Seconds from one look to the next. Ten minutes into a batch the longest is reached: an execution holds
# 25,000 events.
SHORTEST_WAIT = 0.25
LONGEST_WAIT = 30
SECONDS_TO_LONGEST_WAIT = 600


@dataclass(frozen=True)
class Patience:
    """How long Tally waits, in seconds: for one message to come back, and for the whole batch."""

    visibility: float
    deadline: float


@dataclass(frozen=True)
class Verdict:
    """Where the batch goes next, after how many seconds, with which counts."""

    next: Next
    wait: float
    loop: Loop


def tally(store: BatchStore, plan: Plan, loop: Loop, patience: Patience, window: int, now: float) -> Verdict:
    """Account for what finished since the last call and decide how to go on."""
    marks = Marks.load(store, plan)
    finished = _see_finished(store, plan, marks)
    progressed = now if finished else loop.progressed or now
    loop = loop.move(started=loop.started or now, progressed=progressed)
    if store.exists("cancel"):
        return Verdict("package", 0, loop)
    verdict = _decide(store, plan, marks, loop, patience, window, now)
    report(store, plan, marks, verdict.loop, now)
    return verdict


def _decide(
    store: BatchStore, plan: Plan, marks: Marks, loop: Loop, patience: Patience, window: int, now: float
) -> Verdict:
    stretch = plan.tasks[loop.start : loop.stop]
    if not marks.outstanding(stretch):
        return _after_stretch(plan, marks, loop)
    if now - loop.started > patience.deadline:
        _give_up(store, marks.outstanding(stretch), "the batch's time was over")
        return Verdict("wait", 0, loop)
    wanted = messages(store.batch_id, stretch)
    sent = wanted[: loop.cursor]
    unfinished, unsent = marks.unfinished(sent), loop.cursor < len(wanted)
    enough = window // 2 if unsent else 0  # so few outstanding that more are sent
    if unsent and unfinished <= enough:
        return Verdict("dispatch", 0, loop)
    if now - loop.progressed >= patience.visibility:
        return _after_silence(store, marks, loop, [task for m in sent for task in m.tasks], now)
    wait = pause(now - loop.started, len(sent) - unfinished, unfinished - enough)
    return Verdict("wait", wait, loop)


def pause(elapsed: float, done: int, left: int) -> float:
    """Seconds until a look is worth its listing: until ``left`` more are done, at the pace so far.

    ``done`` messages took ``elapsed`` seconds. Where none is done, as long again. From a fortieth of the time
    so far (no less than a quarter of a second) to a twentieth (no less than a second, no more than 30).
    """
    longest = min(LONGEST_WAIT, max(1.0, elapsed * LONGEST_WAIT / SECONDS_TO_LONGEST_WAIT))
    guess = elapsed * left / done if done else elapsed
    return min(longest, max(guess, SHORTEST_WAIT, elapsed / 40))


def _after_stretch(plan: Plan, marks: Marks, loop: Loop) -> Verdict:
    """All accounted for: go on where real sizes left room under the limit, else package."""
    if loop.stop < len(plan.tasks) and plan.line(loop.stop, marks.done_bytes) > loop.stop:
        return Verdict("dispatch", 0, loop.move(start=loop.stop))
    return Verdict("package", 0, loop)


def _after_silence(store: BatchStore, marks: Marks, loop: Loop, sent: list[Task], now: float) -> Verdict:
    """Nothing finished for a visibility timeout: send the missing again, give up the thrice sent."""
    resends = read_resends(store)
    missing = marks.outstanding(sent)
    hopeless = [task for task in missing if 1 + resends.get(task.n, 0) >= MAX_SENDS]
    _give_up(store, hopeless, f"no worker could finish it in {MAX_SENDS} attempts")
    if len(hopeless) < len(missing):
        return Verdict("dispatch", 0, loop.move(resend=True))
    return Verdict("wait", 0, loop.move(progressed=now))


def _give_up(store: BatchStore, tasks: Iterable[Task], why: str) -> None:
    for task in tasks:
        write_failure(store, task.file, "gave_up", f"gave up: {why}")


def _see_finished(store: BatchStore, plan: Plan, marks: Marks) -> int:
    """Mark what finished since the last tally and journal it; returns how many tasks that were.

    Images are listed from the first outstanding one on: the plan's order is the order of names.
    """
    first = marks.first_outstanding()
    after = plan.tasks[first - 1].file if first else ""
    numbers = {task.file: task.n for task in plan.tasks}
    images = {numbers[s.name]: s.bytes for s in store.list("images", after) if s.name in numbers}
    fresh = {n: size for n, size in images.items() if marks.marks[n] != DONE}
    part = _journal(store, plan, marks, fresh)
    for entry in part:
        marks.marks[entry["n"]] = DONE
        marks.done_bytes += entry["bytes"]
    failures = _see_failures(store, numbers, marks)
    if part or failures:
        marks.save(store)
    return len(part) + failures


def _journal(store: BatchStore, plan: Plan, marks: Marks, fresh: dict[int, int]) -> list[dict[str, Any]]:
    """Append a part to the journal, and give back what it holds.

    A tally that died after writing the part left it to us: the part that stands is the truth, and what
    else is fresh waits for the next tally.
    """
    if not fresh:
        return []
    entries = [_entry(plan.tasks[n], size) for n, size in fresh.items()]
    name = f"journal/{marks.journals}.jsonl"
    if not store.create(name, to_lines(entries), "application/jsonl"):
        entries = store.read_lines(name) or []
    marks.journals += 1
    return entries


def journal_rest(store: BatchStore, plan: Plan, retrieved: Mapping[int, int]) -> None:
    """Append to the journal what came after the last tally: real sizes of retrieved tasks by number.

    Outcomes are settled then, so a second call appends nothing else.
    """
    marks = Marks.load(store, plan)
    rest = {n: size for n, size in retrieved.items() if marks.marks[n] != DONE}
    _journal(store, plan, marks, rest)


def _entry(task: Task, size: int) -> dict[str, Any]:
    return {
        "n": task.n,
        "file": task.file,
        "bytes": size,
        "row": task.row_number,
        "id": task.id,
        "band": task.band,
        "image_type": task.image_type,
    }


def _see_failures(store: BatchStore, numbers: dict[str, int], marks: Marks) -> int:
    count = 0
    for stored in store.list("failed"):
        n = numbers.get(stored.name.removesuffix(".json"))
        if n is not None and marks.marks[n] == OUTSTANDING:
            marks.marks[n] = FAILED
            count += 1
    return count
