"""The files wanted of one stored image, made from one reading of it.

What can never be made is told with its reason; errors that may pass are raised.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from skybatch.batch.plan import Task
from skybatch.bundles.bundle_format import FailedTask
from skybatch.errors import SourceDiffers, SourceError
from skybatch.inventory.stored_image import StoredImage
from skybatch.surveys.image_id import no_data_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore

LARGEST_DRAWN = 256 * 256
"""Pixels of a crop whose preview is drawn at once: those that need no averaging."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MadeFile:
    """A file that was made for a task, and its preview as PNG where one was drawn."""

    task: Task
    body: bytes
    preview: bytes | None = None


class MakeFiles(Protocol):
    """What `make_files` does."""

    def __call__(
        self, archive: ObjectStore, tasks: Sequence[Task], *, previews: bool = True
    ) -> list[MadeFile | FailedTask]:
        """Make the file of each task of one stored image."""
        ...


def make_files(
    archive: ObjectStore, tasks: Sequence[Task], *, previews: bool = True
) -> list[MadeFile | FailedTask]:
    """Make the file of each task, which all read one stored image; in the order of the tasks.

    Parameters
    ----------
    archive
        Where the stored images are, by the keys that tasks have.
    tasks
        What is wanted of one stored image.
    previews
        Whether to draw the previews of small crops too.
    """
    first = tasks[0]
    image = StoredImage(archive, first.source, first.image_type, first.tiles, first.geometry, first.hdu)
    made: dict[int, MadeFile | FailedTask] = {}
    for task in filter(_is_copy, tasks):
        made |= _or_failure(task, partial(_stored_file, image, task))
    others = [task for task in tasks if not _is_copy(task)]
    if others:
        made |= _made(image, others)
    return [_with_preview(made[task.index]) if previews else made[task.index] for task in tasks]


def _is_copy(task: Task) -> bool:
    """Tell whether the stored file is delivered as it is."""
    return task.box is None and task.source.endswith(f".{task.delivery_format}")


def _or_failure(task: Task, make: Callable[[], MadeFile]) -> dict[int, MadeFile | FailedTask]:
    """Make a file; what is permanently wrong with the stored image is the reason why there is none."""
    try:
        return {task.index: make()}
    except SourceError as error:
        return {task.index: _failure(task, error)}


def _failure(task: Task, error: SourceError) -> FailedTask:
    return FailedTask(task.index, error.code, error.detail)


def _stored_file(image: StoredImage, task: Task) -> MadeFile:
    """Give the file as stored, once all that it tells of itself was checked.

    Its size must be the one the plan counted on. Where its content is not what its name says (gzip data in a
    ``.fits``, say) the file that the name promises is made of it.
    """
    size = len(image.whole)
    if size != task.bytes:
        raise SourceDiffers(f"the stored image has {size:,} bytes, the inventory says {task.bytes:,}")
    image.check_whole()
    if image.has_content_of_its_name():
        return MadeFile(task, image.whole)
    return _file(image, task)


def _made(image: StoredImage, tasks: Sequence[Task]) -> dict[int, MadeFile | FailedTask]:
    """Make files from one reading.

    Where the image is not the one that the inventory describes, some boxes may still lie on it, so each is
    tried by itself.
    """
    try:
        return {made.task.index: made for made in _files(image, tasks)}
    except SourceDiffers:
        results: dict[int, MadeFile | FailedTask] = {}
        for task in tasks:
            results |= _or_failure(task, partial(_file, image, task))
        return results
    except SourceError as error:
        return {task.index: _failure(task, error) for task in tasks}


def _file(image: StoredImage, task: Task) -> MadeFile:
    return next(_files(image, [task]))


def _files(image: StoredImage, tasks: Sequence[Task]) -> Iterator[MadeFile]:
    """Make the files, one at a time: all crops, then whole images."""
    crops = [task for task in tasks if task.box is not None]
    if crops:
        boxes = [task.box for task in crops if task.box is not None]
        for task, body in zip(crops, image.crops(boxes), strict=True):
            yield MadeFile(task, body)
    for task in tasks:
        if task.box is None:
            yield MadeFile(task, image.gzipped() if task.delivery_format.endswith(".gz") else image.plain())


def _with_preview(made: MadeFile | FailedTask) -> MadeFile | FailedTask:
    """Draw the preview of a small crop. A file never fails because of it: that is logged."""
    if isinstance(made, FailedTask) or not is_drawn_at_once(made.task):
        return made
    try:
        # numpy, which cutting alone does not need
        from skybatch.imaging.preview import PixelReading, grey_preview

        reading = PixelReading(no_data=no_data_of(made.task.dataset, made.task.image_type))
        return MadeFile(made.task, made.body, grey_preview(made.body, reading=reading))
    except Exception:  # the file is delivered; a preview missing is drawn when it is asked for
        log.warning("the preview of %s was not made", made.task.file, exc_info=True)
        return made


def is_drawn_at_once(task: Task) -> bool:
    """Tell whether the preview of a task's file is drawn with it."""
    return task.box is not None and task.box.width * task.box.height <= LARGEST_DRAWN
