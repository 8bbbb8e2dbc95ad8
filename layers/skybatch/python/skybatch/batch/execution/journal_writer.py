"""Writing the journal: finished images are appended part by part, in the order they were seen."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from skybatch.batch import keys
from skybatch.batch.execution.task_states import TaskStates
from skybatch.batch.plan import Plan
from skybatch.batch.request_facts import survey_field
from skybatch.batch.store import JSON_LINES, BatchStore, to_json_lines, written_first
from skybatch.bundles.place import Place

PART_IMAGES = 2000


def append_parts(store: BatchStore, plan: Plan, states: TaskStates, finished: Mapping[int, Place]) -> int:
    """Append finished images to the journal, and note them as done; return how many.

    The first entry of an image decides its place. Where a tally died after writing a part, that part is there
    already: its entries count as they stand, and the rest goes on behind it.

    Parameters
    ----------
    store, plan, states
        The batch; ``states`` counts the parts.
    finished
        Places by the task's number; images that are done already are left out.
    """
    count = 0
    while remaining := {number: place for number, place in finished.items() if not states.is_done(number)}:
        chosen = islice(remaining.items(), PART_IMAGES)
        entries = [_entry(plan, number, place) for number, place in chosen]
        name = keys.journal_part(states.journal_parts)
        if not store.create(name, to_json_lines(entries), JSON_LINES):
            entries = written_first(store.read_lines(name), name)
        states.journal_parts += 1
        for entry in entries:
            count += not states.is_done(entry["n"])
            states.set_done(entry["n"], entry["bytes"])
    return count


def append_remaining(store: BatchStore, plan: Plan, retrieved: Mapping[int, Place]) -> None:
    """Append what finished after the last tally: the places of retrieved tasks by number.

    Outcomes are final then, so a second call appends nothing else.
    """
    append_parts(store, plan, TaskStates.load(store, plan), retrieved)


def _entry(plan: Plan, number: int, place: Place) -> dict[str, Any]:
    task = plan.tasks[number]
    return {
        "n": task.index,
        "file": task.file,
        "bytes": place.length,
        "row": task.row_number,
        "id": task.id,
        "band": task.band,
        "image_type": task.image_type,
        "place": place.to_json(),
        **survey_field(plan, task),
    }
