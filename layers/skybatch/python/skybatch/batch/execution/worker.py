"""The work on one message: one stored image read once, everything wanted from it delivered.

What can never be delivered is recorded with its reason; errors that may pass are raised, and the queue
brings the message again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import obstore

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.execution import previews
from skybatch.batch.execution.cancellation import CancellationCheck
from skybatch.batch.failures import write_failure
from skybatch.batch.message import Message
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.errors import SourceDiffers, SourceError
from skybatch.inventory.stored_image import StoredImage

if TYPE_CHECKING:
    from obstore.store import ObjectStore

UPLOADS_IN_FLIGHT = 16
MEDIA_TYPES = {"fits": "image/fits", "fits.gz": "application/gzip"}


@dataclass(frozen=True)
class ImageArchive:
    """Where the stored images are.

    Attributes
    ----------
    objects
        A store to read them through, by the keys that the plan has.
    bucket, prefix
        The archive's bucket and what precedes the plan's keys in it, for copies within S3.
    results_bucket
        The bucket to copy to.
    s3
        Makes the boto3 client for copies; called only where a copy is wanted.
    """

    objects: ObjectStore
    bucket: str
    prefix: str
    results_bucket: str
    s3: Callable[[], Any]


def process_message(
    message: Message, archive: ImageArchive, store: BatchStore, cancellation: CancellationCheck | None = None
) -> None:
    """Deliver what a message asks for, or record why it cannot be delivered.

    Raises errors of S3 that may pass; nothing is lost by doing the message again.
    """
    cancelled = (cancellation or CancellationCheck()).is_cancelled(store)
    if cancelled or (message.again and store.exists(keys.OUTCOMES)):
        return  # its batch has ended: nothing would read the files
    wanted = [task for task in message.tasks if not (message.again and store.exists(keys.image(task.file)))]
    if not wanted:
        return
    image = _image(archive, message.source, wanted[0])
    for task in filter(_is_copy, wanted):
        with _recording_failures(store, [task]):
            _deliver_stored(archive, store, image, task)
    others = [task for task in wanted if not _is_copy(task)]
    if others:
        with _recording_failures(store, others):
            _make(store, image, others)


def _image(archive: ImageArchive, source: str, task: Task) -> StoredImage:
    """Return the stored image of a message, by any of its tasks."""
    return StoredImage(archive.objects, source, task.image_type, task.tiles, task.geometry)


def _is_copy(task: Task) -> bool:
    """Tell whether the stored file is delivered as it is."""
    return task.box is None and task.source.endswith(f".{task.delivery_format}")


@contextmanager
def _recording_failures(store: BatchStore, tasks: Sequence[Task]) -> Iterator[None]:
    """Record what is permanently wrong with the stored image as each task's reason."""
    try:
        yield
    except SourceError as error:
        for task in tasks:
            write_failure(store, task.file, FailureCode(error.code), error.detail)


def _deliver_stored(archive: ImageArchive, store: BatchStore, image: StoredImage, task: Task) -> None:
    """Deliver the file as stored, once all that it tells of itself was checked.

    Its size must be the one the plan counted on. Where its content is not what its name says (gzip data in a
    ``.fits``, say) the file that the name promises is made of it.
    """
    size = len(image.whole)
    if size != task.bytes:
        raise SourceDiffers(f"the stored image has {size:,} bytes, the inventory says {task.bytes:,}")
    image.check_whole()
    if image.has_content_of_its_name():
        _copy(archive, store, task)
    else:
        _make(store, image, [task])


def _copy(archive: ImageArchive, store: BatchStore, task: Task) -> None:
    """Copy a stored file within S3."""
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

    Where the image is not the one that the inventory describes, some boxes may still lie on it, so each is
    tried by itself.
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
    """Make the files to deliver, one at a time: all crops, then whole images."""
    crops = [task for task in tasks if task.box is not None]
    if crops:
        boxes = [task.box for task in crops if task.box is not None]
        yield from zip(crops, image.crops(boxes), strict=True)
    for task in tasks:
        if task.box is None:
            yield task, image.gzipped() if task.delivery_format.endswith(".gz") else image.plain()


async def _upload_all(store: BatchStore, files: Iterator[tuple[Task, bytes]]) -> None:
    """Upload with a few in flight, making the next file and drawing the previews meanwhile."""
    uploads: set[asyncio.Task[Any]] = set()
    drawn: list[tuple[Task, bytes]] = []
    for task, body in files:
        if previews.is_drawn_by_worker(task):
            drawn.append((task, body))
        uploads.add(asyncio.create_task(_upload(store, task, body)))
        await asyncio.sleep(0)  # the upload begins now, on obstore's own threads
        if len(uploads) >= UPLOADS_IN_FLIGHT:
            done, uploads = await asyncio.wait(uploads, return_when=asyncio.FIRST_COMPLETED)
            for upload in done:
                upload.result()
    if drawn:
        uploads.add(asyncio.create_task(previews.draw_previews(store, drawn)))
    await asyncio.gather(*uploads)


async def _upload(store: BatchStore, task: Task, body: bytes) -> None:
    await obstore.put_async(
        store.objects,
        store.path(keys.image(task.file)),
        body,
        attributes={"Content-Type": MEDIA_TYPES.get(task.delivery_format, MEDIA_TYPES["fits"])},
    )
