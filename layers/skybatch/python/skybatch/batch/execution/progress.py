"""What is known of a running batch: one mark a task, and the loop's own counts.

Both are small: the marks lie in S3 (`tally.json`), the loop travels through the state machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from skybatch.batch.plan import Message, Plan, Task
from skybatch.batch.store import BatchStore

OUTSTANDING, DONE, FAILED = b".df"

Next = Literal["resolve", "dispatch", "wait", "package", "fail"]


@dataclass(frozen=True)
class Loop:
    """The state that passes between Dispatch, Wait and Tally: counts only, never rows.

    Attributes
    ----------
    start, stop
        The stretch of the plan being worked on, tasks ``start`` to ``stop - 1``. Its end is where the
        limit falls.
    cursor
        Messages of this stretch sent so far.
    started, progressed
        Unix times of the batch's first tally and of the last finished task, or of the first tally after
        a resend; 0 until there was one. All by Tally's clock.
    resend
        Whether the next dispatch sends again what is missing.
    """

    start: int = 0
    stop: int = 0
    cursor: int = 0
    started: float = 0.0
    progressed: float = 0.0
    resend: bool = False

    def to_json(self) -> dict[str, Any]:
        """For the state machine's payload."""
        return asdict(self)

    def move(self, **changes: Any) -> Loop:
        """The loop with some counts changed."""
        return replace(self, **changes)


class Marks:
    """Which tasks of a plan are done, failed or outstanding; the real bytes done; the journal's length."""

    def __init__(self, marks: bytearray, done_bytes: int = 0, journals: int = 0) -> None:
        self.marks = marks
        self.done_bytes = done_bytes
        self.journals = journals

    @classmethod
    def load(cls, store: BatchStore, plan: Plan) -> Marks:
        """The marks of the last tally, or those of a fresh plan (refused tasks count as failed)."""
        saved = store.read_json("tally.json")
        if saved is None:
            fresh = bytes(OUTSTANDING if task.refusal is None else FAILED for task in plan.tasks)
            return cls(bytearray(fresh))
        return cls(bytearray(saved["marks"], "ascii"), saved["done_bytes"], saved["journals"])

    def save(self, store: BatchStore) -> None:
        """Write them for the next tally and dispatch."""
        store.write_json(
            "tally.json",
            {
                "marks": self.marks.decode("ascii"),
                "done_bytes": self.done_bytes,
                "journals": self.journals,
            },
        )

    def outstanding(self, tasks: Iterable[Task]) -> list[Task]:
        """Those of the tasks that are neither done nor failed."""
        return [task for task in tasks if self.marks[task.n] == OUTSTANDING]

    def first_outstanding(self) -> int:
        """The first task not accounted for; the plan's length where all are."""
        place = self.marks.find(OUTSTANDING)
        return len(self.marks) if place < 0 else place

    def unfinished(self, messages: Iterable[Message]) -> int:
        """How many of the messages have a task outstanding."""
        return sum(bool(self.outstanding(message.tasks)) for message in messages)

    def count(self, mark: int) -> int:
        """How many tasks carry a mark."""
        return self.marks.count(mark)


def report(store: BatchStore, plan: Plan, marks: Marks, loop: Loop, now: float) -> None:
    """Write `progress.json`, which status and pages show."""
    refused = sum(task.refusal is not None for task in plan.tasks[loop.stop :])
    store.write_json(
        "progress.json",
        {
            "state": "working",
            "tasks": loop.stop,
            "done": marks.count(DONE),
            "failed": marks.count(FAILED) - refused,
            "bytes_done": marks.done_bytes,
            "bytes_planned": sum(task.planned_bytes for task in plan.tasks[: loop.stop]),
            "updated": now,
        },
    )
