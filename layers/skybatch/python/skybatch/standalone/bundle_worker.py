"""What a worker process does with a message: the service's worker, on directories."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from obstore.store import LocalStore, ObjectStore

from skybatch.batch.execution.ordered_calls import CallBounds
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.execution.worker import Worker
from skybatch.batch.message import Message
from skybatch.standalone.batch_directory import BatchDirectory
from skybatch.storage.locations import open_place_store
from skybatch.storage.places import BucketPlace

READ_BOUNDS = CallBounds(in_flight=2, bytes=192 * 1024 * 1024)
"""A disk answers at once, and other processes read too: one image is read while another is cut."""


@dataclass(frozen=True)
class Places:
    """Where a batch reads and writes: the archive's tree and the directory of the batch."""

    archive: Path
    out: Path


@dataclass(frozen=True)
class BundleJob:
    """A message and where it is to be done."""

    message: Message
    places: Places


@dataclass(frozen=True)
class BundleDone:
    """What became of a message: files made, tasks that failed, and messages for what has to be done alone."""

    files: int
    failures: int
    sent_back: tuple[Message, ...]


class _SentBack(TaskQueue):
    """Takes the messages that a worker sends back."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, messages: Iterable[Message]) -> int:
        """Keep messages; return how many."""
        before = len(self.messages)
        self.messages += messages
        return len(self.messages) - before


def work_on(job: BundleJob) -> BundleDone:
    """Make the files of a message and write their bundle.

    Raises errors that may pass; nothing is lost by doing the message again.
    """
    store = BatchDirectory(job.places.out, job.message.batch_id)
    sent_back = _SentBack()

    def create_large(key: str, pieces: Sequence[bytes]) -> bool:
        return store.create_of_pieces(store.name_of(key), list(pieces))

    worker = Worker(
        _archive(job.places.archive),
        sent_back,
        create_large,
        seconds=math.inf,
        previews=False,
        bounds=READ_BOUNDS,
        open_images=_images,
    )
    done = worker.process(job.message, store)
    return BundleDone(done.files, done.failures, tuple(sent_back.messages))


@lru_cache(maxsize=1)
def _archive(root: Path) -> LocalStore:
    return LocalStore(str(root))


def _images(archive: ObjectStore, place: str) -> ObjectStore:
    """Return where a place's images are read: the tree for the empty text."""
    return _bucket(place) if place else archive


@lru_cache(maxsize=8)
def _bucket(place: str) -> ObjectStore:
    """Open a bucket with the user's rights and with time for a slow line; unsigned where anybody may."""
    return open_place_store(BucketPlace.from_text(place))
