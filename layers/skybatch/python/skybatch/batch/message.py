"""The messages on the queue: what is wanted from one stored image."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from skybatch.batch.plan import Task

TASKS_PER_MESSAGE = 100


@dataclass(frozen=True)
class Message:
    """One SQS message.

    Attributes
    ----------
    batch_id
        The batch it is for.
    source
        Key of the stored image in the archive bucket.
    tasks
        What is wanted from it, at most 100.
    again
        Whether it was sent or received before, so that some of its files may be there already.
    """

    batch_id: str
    source: str
    tasks: tuple[Task, ...]
    again: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the message's body."""
        return {
            "batch_id": self.batch_id,
            "source": self.source,
            "again": self.again,
            "tasks": [task.to_json() for task in self.tasks],
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Message:
        """Read a message's body."""
        tasks = tuple(Task.from_json(task) for task in body["tasks"])
        return cls(body["batch_id"], body["source"], tasks, body["again"])


def group_messages(batch_id: str, tasks: Sequence[Task]) -> list[Message]:
    """Group tasks by the stored image they read, up to 100 a message, in order of first need.

    Refused tasks are left out.
    """
    by_source: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        if task.refusal is None:
            by_source[task.source].append(task)
    return [
        Message(batch_id, source, tuple(group))
        for source, wanted in by_source.items()
        for group in _groups(wanted)
    ]


def _groups(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    remaining = iter(tasks)
    while group := list(islice(remaining, TASKS_PER_MESSAGE)):
        yield group
