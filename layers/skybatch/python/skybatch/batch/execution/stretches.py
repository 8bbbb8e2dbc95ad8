"""The bundles of a stretch of the plan, written down once: later settings cannot change what a bundle holds.

``stretches/{start}.jsonl`` has a head, which says what bundles there are and how long their lines are, then a
line for each bundle with its tasks. A worker reads the one line that its message names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from skybatch.batch import keys
from skybatch.batch.execution.packing import Bundle, bundle_name
from skybatch.batch.plan import Task
from skybatch.batch.store import JSON_LINES, BatchStore, to_json_lines, written_first

HEAD_READ_BYTES = 256 * 1024


@dataclass(frozen=True)
class PlannedBundle:
    """A bundle as its stretch names it.

    Attributes
    ----------
    numbers
        The numbers of its tasks, by the stored image they read, in the order of its object.
    at, length
        Where its line lies in the stretch's object, in bytes.
    """

    numbers: tuple[tuple[int, ...], ...]
    at: int
    length: int

    @property
    def name(self) -> str:
        """Name of the object that holds all of it."""
        return bundle_name(self.tasks)

    @property
    def tasks(self) -> tuple[int, ...]:
        """The numbers of all its tasks."""
        return tuple(number for numbers in self.numbers for number in numbers)

    def piece_name(self, source: int, attempt: int) -> str:
        """Name the object that holds what is wanted of one of its stored images, at an attempt from 1 on."""
        return bundle_name(self.numbers[source], attempt)


@dataclass(frozen=True)
class Stretch:
    """Tasks ``start`` to ``stop - 1`` of the plan, in bundles; refused tasks are in none."""

    start: int
    stop: int
    bundles: tuple[PlannedBundle, ...]


def create_stretch(store: BatchStore, start: int, stop: int, bundles: Sequence[Bundle]) -> Stretch:
    """Write a stretch unless another run has; return the one that is stored."""
    lines = [to_json_lines([_line(bundle)]) for bundle in bundles]
    rows = [[bundle.numbers, len(line)] for bundle, line in zip(bundles, lines, strict=True)]
    head = to_json_lines([{"start": start, "stop": stop, "bundles": rows}])
    if store.create(keys.stretch(start), b"".join((head, *lines)), JSON_LINES):
        return _stretch(head)
    return written_first(load_stretch(store, start), keys.stretch(start))


def load_stretch(store: BatchStore, start: int) -> Stretch | None:
    """Read the head of the stretch that begins with this task, None where it is not written."""
    name = keys.stretch(start)
    size = store.size(name)
    if size is None:
        return None
    first = store.read_range(name, 0, min(size, HEAD_READ_BYTES))
    return _stretch(first if b"\n" in first else store.read(name) or b"")


def load_stretches(store: BatchStore) -> list[Stretch]:
    """Read the heads of all stretches, in plan order."""
    listed = (stored.name.removesuffix(".jsonl") for stored in store.list(keys.STRETCHES))
    starts = sorted(int(name) for name in listed if name.isdecimal())
    return [stretch for start in starts if (stretch := load_stretch(store, start))]


def archive_order(stretches: Sequence[Stretch]) -> list[int]:
    """Give the numbers of all tasks in the order of the archive: stretch, bundle, stored image, number."""
    return [number for stretch in stretches for bundle in stretch.bundles for number in bundle.tasks]


def read_tasks(store: BatchStore, start: int, at: int, length: int) -> Bundle:
    """Read the tasks of a bundle by where its line lies in its stretch."""
    body = json.loads(store.read_range(keys.stretch(start), at, length))
    sources = (tuple(Task.from_json(task) for task in tasks) for tasks in body["sources"])
    return Bundle(tuple(sources))


def _line(bundle: Bundle) -> dict[str, Any]:
    return {"sources": [[task.to_json() for task in tasks] for tasks in bundle.sources]}


def _stretch(content: bytes) -> Stretch:
    line, newline, _ = content.partition(b"\n")
    head = json.loads(line)
    return Stretch(head["start"], head["stop"], tuple(_planned(head["bundles"], len(line + newline))))


def _planned(rows: Sequence[Any], first: int) -> Iterator[PlannedBundle]:
    starts = accumulate((length for _, length in rows), initial=first)
    for at, (numbers, length) in zip(starts, rows, strict=False):
        yield PlannedBundle(tuple(map(tuple, numbers)), at, length)
