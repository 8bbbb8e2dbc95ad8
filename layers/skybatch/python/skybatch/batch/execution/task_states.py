"""Which tasks of a running batch are finished, kept in ``progress.json`` beside the counts that people see.

One object has both, so that a tally writes one. The states are a letter a task, compressed; readers skip it.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from typing import Any

from skybatch.batch import keys
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.stretches import PlannedBundle
from skybatch.batch.plan import Plan
from skybatch.batch.store import BatchStore
from skybatch.status import BatchState

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
    changed
        Whether any of this is not saved yet.
    """

    def __init__(
        self, letters: bytearray, done_bytes: int = 0, journal_parts: int = 0, seen: Iterable[str] = ()
    ) -> None:
        self.letters = letters
        self.done_bytes = done_bytes
        self.journal_parts = journal_parts
        self.seen = set(seen)
        self.changed = False

    @classmethod
    def load(cls, store: BatchStore, plan: Plan) -> TaskStates:
        """Read the states of the last tally, or make those of a fresh plan, with refused tasks as failed."""
        saved = _unpacked((store.read_json(keys.PROGRESS) or {}).get("account"))
        if saved is None:
            fresh = bytes(OUTSTANDING if task.refusal is None else FAILED for task in plan.tasks)
            return cls(bytearray(fresh))
        letters = bytearray(saved["marks"], "ascii")
        return cls(letters, saved["done_bytes"], saved["journals"], saved["seen"])

    def save(
        self, store: BatchStore, plan: Plan, dispatched: DispatchState, now: float, *, all_done: bool = False
    ) -> None:
        """Write ``progress.json``: counts for status and pages, states for the next tally and dispatch.

        ``all_done`` tells that the archive is made next.
        """
        account = {
            "marks": self.letters.decode("ascii"),
            "done_bytes": self.done_bytes,
            "journals": self.journal_parts,
            "seen": sorted(self.seen),
        }
        state = BatchState.PACKAGING if all_done else BatchState.WORKING
        counts = self._counts(plan, dispatched)
        store.write_json(
            keys.PROGRESS, {"state": state, **counts, "updated": now, "account": _packed(account)}
        )
        self.changed = False

    def set_done(self, index: int, size: int) -> None:
        """Note that a task's image was delivered with so many bytes, even if it was noted as failed."""
        if not self.is_done(index):
            self.letters[index] = DONE
            self.done_bytes += size
            self.changed = True

    def set_failed(self, index: int) -> None:
        """Note that a task failed, unless its image was delivered."""
        if not self.is_done(index):
            self.letters[index] = FAILED
            self.changed = True

    def set_seen(self, names: Iterable[str]) -> None:
        """Note that these bundles were read."""
        self.seen |= set(names)
        self.changed = True

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

    def _counts(self, plan: Plan, dispatched: DispatchState) -> dict[str, Any]:
        """Count what is within the limit so far."""
        refused = sum(task.refusal is not None for task in plan.tasks[dispatched.stop :])
        return {
            "parts": plan.parts,
            "tasks": dispatched.stop,
            "done": self.count(DONE),
            "failed": self.count(FAILED) - refused,
            "bytes_done": self.done_bytes,
            "bytes_planned": sum(task.planned_bytes for task in plan.tasks[: dispatched.stop]),
            **({"notices": plan.notices} if plan.notices else {}),
        }


def _packed(account: dict[str, Any]) -> str:
    """Compress it: status is asked for often, and most letters are like their neighbours."""
    return base64.b64encode(zlib.compress(json.dumps(account).encode())).decode()


def _unpacked(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    account: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(text)))
    return account
