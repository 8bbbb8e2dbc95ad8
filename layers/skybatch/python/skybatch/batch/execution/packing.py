"""Packing: the tasks of a stretch of the plan, grouped by stored image, as bundles that are worth a call.

A bundle is closed once its output can be copied inside S3 and its work is worth a worker's call. It never
takes more work than a few seconds, so that batches take turns and a worker that dies loses little. Numbers
of files and images are not bounded by themselves.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skybatch.batch.plan import Task
from skybatch.bundles.tar_members import BLOCK_BYTES

MIB = 1024 * 1024
LEAST_OUTPUT_BYTES = 5 * MIB + MIB // 4
"""S3 copies 5 MiB; a quarter more, because files may come out smaller than planned."""
ENOUGH_OUTPUT_BYTES = 16 * MIB
MOST_OUTPUT_BYTES = 32 * MIB
ENOUGH_SECONDS = 0.5
SMALL_BATCH_SECONDS, SMALL_BATCH_ENOUGH_SECONDS = 20.0, 2.0
"""Of work in all, below which bundles may take longer: such a batch is soon done, and each bundle is one more
object, and one more part of the archive."""
MOST_SECONDS = 6.0
"""As long as crops of 23 kB, each of a stored image of its own of 1.5 MB, take to make what S3 copies."""
TIMEOUT_SHARE = 1 / 5
"""Of a worker's time that the estimate of a bundle may take: estimates are of quiet times."""

# The estimate, for a function of 1 GB: a request, sixteen of which are in flight; bytes read and written over
# the network; bytes inflated (four times what is stored); a crop with its preview.
SECONDS_PER_SOURCE = 0.004
BYTES_PER_SECOND = 75e6
INFLATED_BYTES_PER_SECOND = 400e6
COMPRESSED_BYTES_PER_SECOND = 20e6
INFLATION = 4
SECONDS_PER_CROP = 0.003
UNKNOWN_STORED_BYTES = 2 * MIB
_HASH_DIGITS = 12


@dataclass(frozen=True)
class Bundle:
    """Tasks that one worker does and one object holds; ``sources`` has them by the stored image they read."""

    sources: tuple[tuple[Task, ...], ...]

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """All its tasks, in the order of the object."""
        return tuple(task for tasks in self.sources for task in tasks)

    @property
    def numbers(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of its tasks, by stored image."""
        return tuple(tuple(task.index for task in tasks) for tasks in self.sources)


def bundle_name(numbers: Iterable[int], attempt: int = 0) -> str:
    """Name the object of these tasks: the first of them, and a hash of all and of the attempt."""
    listed = list(numbers)
    text = f"{attempt}:" + ",".join(map(str, listed))
    return f"{listed[0]:06d}-{hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]}"


def pack(tasks: Sequence[Task], worker_seconds: float) -> list[Bundle]:
    """Pack tasks to bundles for workers that have so many seconds for one; refused tasks are left out.

    The order is that of the first task that needs each stored image; a stored image may be in two bundles.
    """
    most_seconds = min(MOST_SECONDS, worker_seconds * TIMEOUT_SHARE)
    sources = _by_source(tasks)
    enough_seconds = min(most_seconds, _enough_seconds(sources))
    bundles, current = [], _Packing(most_seconds, enough_seconds)
    for source in sources:
        for piece in _pieces(source, most_seconds):
            if not current.has_room_for(piece):
                bundles.append(current.bundle())
                current = _Packing(most_seconds, enough_seconds)
            current.add(piece)
    return [*bundles, current.bundle()] if current.sources else bundles


@dataclass(frozen=True)
class Work:
    """Estimated seconds of a worker: it reads stored images while it cuts others, then writes all."""

    reading: float = 0.0
    making: float = 0.0
    writing: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(self.reading + other.reading, self.making + other.making, self.writing + other.writing)

    @property
    def seconds(self) -> float:
        """From the first read to the last byte written."""
        return max(self.reading, self.making) + self.writing


def estimated_work(tasks: Sequence[Task]) -> Work:
    """Estimate the work on tasks of one stored image."""
    return sum(map(_output_work, tasks), _source_work(tasks))


def is_read_by_ranges(task: Task) -> bool:
    """Tell whether a crop reads a part of its stored image: of tiles or plain FITS; gzip is read whole."""
    return task.tiles is not None or task.source.endswith((".fits", ".fit"))


def _source_work(tasks: Sequence[Task]) -> Work:
    """Estimate what the stored image itself takes."""
    first = tasks[0]
    stored = first.stored_bytes or UNKNOWN_STORED_BYTES
    if not is_read_by_ranges(first):
        inflating = INFLATION * stored / INFLATED_BYTES_PER_SECOND
        return Work(SECONDS_PER_SOURCE + stored / BYTES_PER_SECOND, inflating)
    read = sum(min(task.bytes, stored) for task in tasks)  # by ranges, hardly more than is delivered
    return Work(SECONDS_PER_SOURCE + min(read, 2 * stored) / BYTES_PER_SECOND)


def _output_work(task: Task) -> Work:
    if task.delivery_format.endswith(".gz") and not task.source.endswith(".gz"):
        making = task.bytes / COMPRESSED_BYTES_PER_SECOND
    else:
        making = SECONDS_PER_CROP if task.box else 0.0
    return Work(making=making, writing=task.bytes / BYTES_PER_SECOND)


def output_bytes(tasks: Iterable[Task]) -> int:
    """Give the planned bytes of the files as members of an archive."""
    return sum(task.bytes + 2 * BLOCK_BYTES for task in tasks)


class _Packing:
    """A bundle in the making."""

    def __init__(self, most_seconds: float, enough_seconds: float) -> None:
        self.most_seconds = most_seconds
        self.enough_seconds = enough_seconds
        self.sources: list[tuple[Task, ...]] = []
        self.bytes = 0
        self.work = Work()

    def has_room_for(self, piece: Sequence[Task]) -> bool:
        if not self.sources:
            return True
        worth_it = self.bytes >= LEAST_OUTPUT_BYTES and self.work.seconds >= self.enough_seconds
        if worth_it or self.bytes >= ENOUGH_OUTPUT_BYTES:
            return False
        size, work = output_bytes(piece), self.work + estimated_work(piece)
        return self.bytes + size <= MOST_OUTPUT_BYTES and work.seconds <= self.most_seconds

    def add(self, piece: Sequence[Task]) -> None:
        self.sources.append(tuple(piece))
        self.bytes += output_bytes(piece)
        self.work += estimated_work(piece)

    def bundle(self) -> Bundle:
        return Bundle(tuple(self.sources))


def _enough_seconds(sources: Iterable[Sequence[Task]]) -> float:
    """Give the seconds of work that are worth a call, by the work on all stored images."""
    total = sum((estimated_work(source) for source in sources), Work())
    return SMALL_BATCH_ENOUGH_SECONDS if total.seconds <= SMALL_BATCH_SECONDS else ENOUGH_SECONDS


def _by_source(tasks: Iterable[Task]) -> list[list[Task]]:
    by_source: dict[tuple[str, str], list[Task]] = defaultdict(list)
    for task in tasks:
        if task.refusal is None:
            by_source[task.place, task.source].append(task)
    return list(by_source.values())


def _pieces(source: Sequence[Task], most_seconds: float) -> Iterator[list[Task]]:
    """Divide the tasks of one stored image where they are too much for one bundle."""
    piece: list[Task] = []
    size, work = 0, _source_work(source)
    for task in source:
        added, spent = output_bytes([task]), _output_work(task)
        if piece and (size + added > MOST_OUTPUT_BYTES or (work + spent).seconds > most_seconds):
            yield piece
            piece, size, work = [], 0, _source_work(source)
        piece.append(task)
        size, work = size + added, work + spent
    yield piece
