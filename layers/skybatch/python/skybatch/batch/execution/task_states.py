"""Which tasks of a running batch are finished: one letter a task, kept in the batch's folder."""

from __future__ import annotations

from collections.abc import Iterable

from skybatch.batch import keys
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.message import Message
from skybatch.batch.plan import Plan, Task
from skybatch.batch.store import BatchStore

OUTSTANDING, DONE, FAILED = b".df"


class TaskStates:
    """The state of every task of a plan.

    Attributes
    ----------
    letters
        `OUTSTANDING`, `DONE` or `FAILED` for each task, in plan order.
    done_bytes
        Real size of the images delivered.
    journal_parts
        Parts of the journal written so far.
    """

    def __init__(self, letters: bytearray, done_bytes: int = 0, journal_parts: int = 0) -> None:
        self.letters = letters
        self.done_bytes = done_bytes
        self.journal_parts = journal_parts

    @classmethod
    def load(cls, store: BatchStore, plan: Plan) -> TaskStates:
        """Read the states of the last tally, or make those of a fresh plan, with refused tasks as failed."""
        saved = store.read_json(keys.TASK_STATES)
        if saved is None:
            fresh = bytes(OUTSTANDING if task.refusal is None else FAILED for task in plan.tasks)
            return cls(bytearray(fresh))
        return cls(bytearray(saved["marks"], "ascii"), saved["done_bytes"], saved["journals"])

    def save(self, store: BatchStore) -> None:
        """Write them for the next tally and dispatch."""
        store.write_json(
            keys.TASK_STATES,
            {
                "marks": self.letters.decode("ascii"),
                "done_bytes": self.done_bytes,
                "journals": self.journal_parts,
            },
        )

    def set_done(self, index: int, size: int) -> None:
        """Note that a task's image was delivered with so many bytes."""
        self.letters[index] = DONE
        self.done_bytes += size

    def set_failed(self, index: int) -> None:
        """Note that a task failed."""
        self.letters[index] = FAILED

    def is_done(self, index: int) -> bool:
        """Tell whether a task's image was delivered."""
        return self.letters[index] == DONE

    def is_outstanding(self, index: int) -> bool:
        """Tell whether a task is neither done nor failed."""
        return self.letters[index] == OUTSTANDING

    def outstanding(self, tasks: Iterable[Task]) -> list[Task]:
        """List those of the tasks that are neither done nor failed."""
        return [task for task in tasks if self.is_outstanding(task.index)]

    def first_outstanding(self) -> int:
        """Find the first task that is neither done nor failed; the plan's length where there is none."""
        index = self.letters.find(OUTSTANDING)
        return len(self.letters) if index < 0 else index

    def unfinished(self, messages: Iterable[Message]) -> int:
        """Count the messages that have a task outstanding."""
        return sum(bool(self.outstanding(message.tasks)) for message in messages)

    def count(self, letter: int) -> int:
        """Count the tasks of one state."""
        return self.letters.count(letter)


def write_progress(
    store: BatchStore, plan: Plan, states: TaskStates, dispatched: DispatchState, now: float
) -> None:
    """Write ``progress.json``, which status and pages show."""
    refused = sum(task.refusal is not None for task in plan.tasks[dispatched.stop :])
    store.write_json(
        keys.PROGRESS,
        {
            "state": "working",
            "parts": plan.parts,
            "tasks": dispatched.stop,
            "done": states.count(DONE),
            "failed": states.count(FAILED) - refused,
            "bytes_done": states.done_bytes,
            "bytes_planned": sum(task.planned_bytes for task in plan.tasks[: dispatched.stop]),
            "updated": now,
            **({"notices": plan.notices} if plan.notices else {}),
        },
    )
