"""Writing the journal: finished images are appended part by part, in the order they were seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skybatch.batch import keys
from skybatch.batch.execution.task_states import TaskStates
from skybatch.batch.plan import Plan, Task
from skybatch.batch.store import JSON_LINES, BatchStore, to_json_lines


def append_part(
    store: BatchStore, plan: Plan, states: TaskStates, finished: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Append a part to the journal and return its entries; nothing where nothing has finished.

    Where a tally died after writing a part, that part is there already: it is returned as it stands, and
    what else has finished waits for the next tally.

    Parameters
    ----------
    store, plan, states
        The batch; the count of parts in ``states`` goes up by one.
    finished
        Real sizes in bytes of images not in the journal yet, by the task's index.
    """
    if not finished:
        return []
    entries = [_entry(plan.tasks[index], size) for index, size in finished.items()]
    name = keys.journal_part(states.journal_parts)
    if not store.create(name, to_json_lines(entries), JSON_LINES):
        entries = store.read_lines(name) or []
    states.journal_parts += 1
    return entries


def append_remaining(store: BatchStore, plan: Plan, retrieved: Mapping[int, int]) -> None:
    """Append what finished after the last tally: real sizes in bytes of retrieved tasks by index.

    Outcomes are final then, so a second call appends nothing else.
    """
    states = TaskStates.load(store, plan)
    append_part(
        store,
        plan,
        states,
        {index: size for index, size in retrieved.items() if not states.is_done(index)},
    )


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
