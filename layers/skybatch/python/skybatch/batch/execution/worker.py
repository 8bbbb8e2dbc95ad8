"""The worker's job: one stored image read once, everything wanted from it delivered.

Whatever cannot be delivered for good is recorded with its reason; what may pass later is raised, for the
queue to bring the message again.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import obstore

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.execution import previews
from skybatch.batch.failures import write_failure
from skybatch.batch.plan import Message, Task
from skybatch.batch.store import BatchStore
from skybatch.errors import SourceDiffers, SourceError
from skybatch.inventory.stored_image import StoredImage

if TYPE_CHECKING:
    from obstore.store import ObjectStore

UPLOADS_IN_FLIGHT = 16
SECONDS_TO_ASK_AGAIN = 1.0
BATCHES_REMEMBERED = 1000
MEDIA_TYPES = {"fits": "image/fits", "fits.gz": "application/gzip"}


@dataclass(frozen=True)
class ImageArchive:
    """The stored images.

    Attributes
    ----------
    objects
        A store to read them through, keys as the plan has them.
    bucket, prefix, results_bucket
        What a copy within S3 names: the archive's bucket, what stands before its keys, and where to.
    s3
        Makes the boto3 client for copies; called only where a copy is wanted.
    """

    objects: ObjectStore
    bucket: str
    prefix: str
    results_bucket: str
    s3: Callable[[], Any]


@dataclass
class CancellationCheck:
    """Whether batches are to be cancelled; each is asked after once in so many ``seconds`` at the most.

    For workers that do many messages of a batch a second: a wish that is seen so much later costs nothing,
    what is finished meanwhile can be had.
    """

    seconds: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _asked: dict[str, float] = field(default_factory=dict)

    def cancelled(self, store: BatchStore) -> bool:
        """Whether its user wished this batch cancelled."""
        now = self.clock()
        if now - self._asked.get(store.batch_id, -math.inf) < self.seconds:
            return False
        if store.exists(keys.CANCELLATION):
            return True
        if len(self._asked) >= BATCHES_REMEMBERED:
            self._asked.clear()
        self._asked[store.batch_id] = now
        return False


def process_message(
    message: Message, archive: ImageArchive, store: BatchStore, cancellation: CancellationCheck | None = None
) -> None:
    """Deliver what a message asks, or record why not.

    Raises whatever S3 answers badly for now; nothing is lost by doing the message again.
    """
    cancelled = (cancellation or CancellationCheck()).cancelled(store)
    if cancelled or (message.again and store.exists(keys.OUTCOMES)):
        return  # its batch has ended: nothing would read what it made
    wanted = [task for task in message.tasks if not (message.again and store.exists(keys.image(task.file)))]
    copies = [task for task in wanted if _is_copy(task)]
    made = [task for task in wanted if not _is_copy(task)]
    for task in copies:
        with _recording_failures(store, [task]):
            _copy(archive, store, task)
    if made:
        with _recording_failures(store, made):
            image = StoredImage(archive.objects, message.source, made[0].image_type, made[0].tiles)
            _make(store, image, made)


def _is_copy(task: Task) -> bool:
    """Whether the stored file is delivered as it is."""
    return task.box is None and task.source.endswith(f".{task.delivery_format}")


@contextmanager
def _recording_failures(store: BatchStore, tasks: Sequence[Task]) -> Iterator[None]:
    """What is wrong with the stored image for good becomes each task's reason."""
    try:
        yield
    except SourceError as error:
        for task in tasks:
            write_failure(store, task.file, FailureCode(error.code), error.detail)


def _copy(archive: ImageArchive, store: BatchStore, task: Task) -> None:
    """Copy within S3; the stored size must still be the one the plan counted on."""
    size = StoredImage(archive.objects, task.source, task.image_type).size
    if size != task.bytes:
        raise SourceDiffers(f"the stored image has {size:,} bytes, the inventory says {task.bytes:,}")
    archive.s3().copy_object(
        Bucket=archive.results_bucket,
        Key=store.path(keys.image(task.file)),
        CopySource={"Bucket": archive.bucket, "Key": archive.prefix + task.source},
        MetadataDirective="REPLACE",
        TaggingDirective="REPLACE",  # tags would need rights of their own
        ContentType=MEDIA_TYPES.get(task.delivery_format, "application/octet-stream"),
    )


def _make(store: BatchStore, image: StoredImage, tasks: Sequence[Task]) -> None:
    """Make every file wanted from one reading of the image.

    Where the image is not the one the inventory describes, some boxes may still lie on it: each for
    itself, then.
    """
    try:
        asyncio.run(_upload_all(store, _files(image, tasks)))
    except SourceDiffers:
        if len(tasks) == 1:
            raise
        for task in tasks:
            with _recording_failures(store, [task]):
                _make(store, image, [task])


def _files(image: StoredImage, tasks: Sequence[Task]) -> Iterator[tuple[Task, bytes]]:
    """The files to deliver, one at a time: all crops, then whole images."""
    crops = [task for task in tasks if task.box is not None]
    if crops:
        boxes = [task.box for task in crops if task.box is not None]
        yield from zip(crops, image.crops(boxes), strict=True)
    for task in tasks:
        if task.box is None:
            yield task, image.gzipped() if task.delivery_format == "fits.gz" else image.plain()


async def _upload_all(store: BatchStore, files: Iterator[tuple[Task, bytes]]) -> None:
    """Upload with a few in flight, making the next file and drawing the previews meanwhile."""
    flying: set[asyncio.Task[Any]] = set()
    shown: list[tuple[Task, bytes]] = []
    for task, body in files:
        if previews.is_drawn_at_once(task):
            shown.append((task, body))
        flying.add(asyncio.create_task(_upload(store, task, body)))
        await asyncio.sleep(0)  # the upload begins now, on obstore's own threads
        if len(flying) >= UPLOADS_IN_FLIGHT:
            done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
            for upload in done:
                upload.result()
    if shown:
        flying.add(asyncio.create_task(previews.draw(store, shown)))
    await asyncio.gather(*flying)


async def _upload(store: BatchStore, task: Task, body: bytes) -> None:
    await obstore.put_async(
        store.objects,
        store.path(keys.image(task.file)),
        body,
        attributes={"Content-Type": MEDIA_TYPES.get(task.delivery_format, MEDIA_TYPES["fits"])},
    )
