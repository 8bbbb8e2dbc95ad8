"""The work on one message: the stored images of a bundle are read side by side, and one object is written.

What can never be delivered is recorded with its reason. Errors that may pass, and what there was no time
for, go back to the queue one stored image at a time, so that one bad image takes no neighbour along.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from skybatch.batch import keys
from skybatch.batch.execution.cancellation import CancellationCheck
from skybatch.batch.execution.image_files import MadeFile, MakeFiles, make_files
from skybatch.batch.execution.ordered_calls import Call, CallBounds, OutOfTime, ordered_calls
from skybatch.batch.execution.packing import (
    INFLATION,
    UNKNOWN_STORED_BYTES,
    bundle_name,
    is_read_by_ranges,
)
from skybatch.batch.execution.stretches import read_tasks
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.file_names import archive_path, delivered_path
from skybatch.batch.message import Message
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.bundles.bundle_format import FailedTask
from skybatch.bundles.bundle_writer import BundleWriter
from skybatch.errors import SourceForbidden
from skybatch.storage.places import open_images

if TYPE_CHECKING:
    from obstore.store import ObjectStore

READ_BOUNDS = CallBounds(in_flight=16, bytes=192 * 1024 * 1024)
"""Stored images that a worker has in hand, of its 1,024 MB; what it has made is counted by the packing."""
TIME_SHARE = 0.6
"""Of a worker's time, after which it writes what is done and sends back the rest."""
LARGEST_PUT_BYTES = 64 * 1024 * 1024
MEDIA_TYPE = "application/octet-stream"

log = logging.getLogger(__name__)

Sources: TypeAlias = Sequence[tuple[Task, ...]]
MadeCall: TypeAlias = Call[int, list[MadeFile | FailedTask]]
CreateLarge: TypeAlias = Callable[[str, Sequence[bytes]], bool]
"""Creates an object that is too large for one PUT, by its key; False where there is one already."""


@dataclass(frozen=True)
class WorkDone:
    """What became of a message: its object, files and failures in it, stored images sent back.

    ``forbidden`` counts those of the last that their bucket refused.
    """

    bundle: str = ""
    files: int = 0
    failures: int = 0
    sent_back: int = 0
    forbidden: int = 0


@dataclass(frozen=True)
class Worker:
    """Works on messages.

    Attributes
    ----------
    archive
        Where the stored images are whose tasks name no place, by the keys that the plan has.
    queue
        Where stored images are sent back.
    create_large
        Creates objects that are too large for one PUT.
    cancellation
        Looks for cancellation requests.
    seconds
        How long one call may take.
    previews
        Whether previews of small crops are drawn.
    bounds
        How many stored images are in hand at a time.
    make
        Makes the files wanted of one stored image.
    clock
        Seconds that only go forward.
    open_images
        Opens the store of a place; the archive for the empty one.
    """

    archive: ObjectStore
    queue: TaskQueue
    create_large: CreateLarge
    cancellation: CancellationCheck = field(default_factory=CancellationCheck)
    seconds: float = 30.0
    previews: bool = True
    bounds: CallBounds = READ_BOUNDS
    make: MakeFiles = make_files
    clock: Callable[[], float] = time.monotonic
    open_images: Callable[[ObjectStore, str], ObjectStore] = open_images

    def process(
        self, message: Message, store: BatchStore, deliveries: int = 1, seconds_left: float | None = None
    ) -> WorkDone:
        """Do what a message asks for.

        ``deliveries`` is how often the queue has brought it, ``seconds_left`` what is left of the call's time
        (None: all of it). Raises errors that may pass; nothing is lost by doing the message again.
        """
        spent = 0.0 if seconds_left is None else self.seconds - seconds_left
        started = self.clock() - spent
        if self.cancellation.is_cancelled(store):
            return WorkDone()
        sources: Sources = read_tasks(store, message.stretch, message.at, message.length).sources
        if message.source is not None:
            sources = sources[message.source : message.source + 1]
        name = bundle_name([task.index for tasks in sources for task in tasks], message.attempt)
        if (message.again or deliveries > 1) and _is_over(store, name):
            return WorkDone()
        if deliveries > 1 and len(sources) > 1:  # whoever had it before died of one of its images
            return WorkDone(sent_back=self._send_back(message, range(len(sources))))
        return self._write(message, store, sources, name, started)

    def _write(
        self, message: Message, store: BatchStore, sources: Sources, name: str, started: float
    ) -> WorkDone:
        """Make all files, write the bundle, and send back what could not be made now."""
        writer, unfinished = BundleWriter(), list[MadeCall]()
        for call in self._calls(sources, started):
            if call.result is None:
                unfinished.append(call)
            for made in call.result or ():
                _add(writer, store, made)
        if writer.is_empty and unfinished:
            raise unfinished[0].error or OutOfTime
        self._create(store, name, writer)
        for call in unfinished:
            log.warning("an image of bundle %s is sent back: %s", name, first_line(call.error))
        sent_back = self._send_back(message, [call.item for call in unfinished])
        index = writer.index()
        forbidden = sum(isinstance(call.error, SourceForbidden) for call in unfinished)
        return WorkDone(name, len(index.members), len(index.failures), sent_back, forbidden)

    def _calls(self, sources: Sources, started: float) -> Iterator[MadeCall]:
        """Make the files of each stored image; one alone has all the time there is."""
        share = TIME_SHARE if len(sources) > 1 else math.inf
        return ordered_calls(
            lambda source: self._make(sources[source]),
            range(len(sources)),
            lambda source: held_bytes(sources[source]),
            self.bounds,
            lambda: started + share * self.seconds - self.clock(),
        )

    def _make(self, tasks: Sequence[Task]) -> list[MadeFile | FailedTask]:
        """Make the files of one stored image, wherever it lies."""
        return self.make(self.open_images(self.archive, tasks[0].place), tasks, previews=self.previews)

    def _create(self, store: BatchStore, name: str, writer: BundleWriter) -> None:
        """Write the bundle unless it is there."""
        pieces = writer.pieces()
        if sum(map(len, pieces)) > LARGEST_PUT_BYTES:
            self.create_large(store.path(keys.bundle(name)), pieces)
        else:
            store.create(keys.bundle(name), b"".join(pieces), MEDIA_TYPE)

    def _send_back(self, message: Message, sources: Sequence[int]) -> int:
        """Send stored images of a bundle as messages of their own; return how many."""
        return self.queue.send(message.of_source(source, 1) for source in sources)


def _is_over(store: BatchStore, name: str) -> bool:
    """Tell whether the work was done already, or the batch has ended and nothing would read it."""
    return store.exists(keys.bundle(name)) or store.exists(keys.OUTCOMES)


def _add(writer: BundleWriter, store: BatchStore, made: MadeFile | FailedTask) -> None:
    if isinstance(made, FailedTask):
        writer.add_failure(made.number, made.code, made.reason)
        return
    path = archive_path(store.batch_id, delivered_path(made.task.file))
    writer.add_file(made.task.index, path, made.body, made.preview)


def held_bytes(tasks: Sequence[Task]) -> int:
    """Estimate the memory that one stored image takes: the stored file, its pixels, the files made."""
    stored = tasks[0].stored_bytes or UNKNOWN_STORED_BYTES
    made = sum(task.bytes for task in tasks)
    if is_read_by_ranges(tasks[0]):
        return min(stored, 2 * made) + made
    return (1 + INFLATION) * stored + made


def first_line(error: Exception | None) -> str:
    """Give an error in one line: what stores say goes on with debug output."""
    return f"{type(error).__name__}: {error}".partition("\n")[0]
