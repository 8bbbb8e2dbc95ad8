"""Which tasks of a running batch are finished: one letter a task, kept in the batch's folder."""

from __future__ import annotations

from collections.abc import Iterable

from skybatch.batch import keys
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.stretches import PlannedBundle
from skybatch.batch.plan import Plan
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
    seen
        Names of the bundles that were read.
    """

    def __init__(
        self, letters: bytearray, done_bytes: int = 0, journal_parts: int = 0, seen: Iterable[str] = ()
    ) -> None:
        self.letters = letters
        self.done_bytes = done_bytes
        self.journal_parts = journal_parts
        self.seen = set(seen)

    @classmethod
    def load(cls, store: BatchStore, plan: Plan) -> TaskStates:
        """Read the states of the last tally, or make those of a fresh plan, with refused tasks as failed."""
        saved = store.read_json(keys.TASK_STATES)
        if saved is None:
            fresh = bytes(OUTSTANDING if task.refusal is None else FAILED for task in plan.tasks)
            return cls(bytearray(fresh))
        letters = bytearray(saved["marks"], "ascii")
        return cls(letters, saved["done_bytes"], saved["journals"], saved.get("seen", ()))

    def save(self, store: BatchStore) -> None:
        """Write them for the next tally and dispatch."""
        store.write_json(
            keys.TASK_STATES,
            {
                "marks": self.letters.decode("ascii"),
                "done_bytes": self.done_bytes,
                "journals": self.journal_parts,
                "seen": sorted(self.seen),
            },
        )

    def set_done(self, index: int, size: int) -> None:
        """Note that a task's image was delivered with so many bytes, even if it was noted as failed."""
        if not self.is_done(index):
            self.letters[index] = DONE
            self.done_bytes += size

    def set_failed(self, index: int) -> None:
        """Note that a task failed, unless its image was delivered."""
        if not self.is_done(index):
            self.letters[index] = FAILED

    def is_done(self, index: int) -> bool:
        """Tell whether a task's image was delivered."""
        return self.letters[index] == DONE

    def is_outstanding(self, index: int) -> bool:
        """Tell whether a task is neither done nor failed."""
        return self.letters[index] == OUTSTANDING

    def outstanding(self, numbers: Iterable[int]) -> list[int]:
        """List those of the tasks that are neither done nor failed."""
        return [number for number in numbers if self.is_outstanding(number)]

    def lacks(self, bundle: PlannedBundle) -> bool:
        """Tell whether a task of the bundle is outstanding."""
        return any(self.is_outstanding(number) for number in bundle.tasks)

    def unfinished(self, bundles: Iterable[PlannedBundle]) -> int:
        """Count the bundles that have a task outstanding."""
        return sum(self.lacks(bundle) for bundle in bundles)

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
