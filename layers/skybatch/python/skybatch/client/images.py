"""The images of a batch, one by one: as they finish, and as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from skybatch.client.exceptions import TransferFailed
from skybatch.client.models import Image
from skybatch.client.transfer import Progress, Wanted, fetch, silent
from skybatch.client.transport import Transport

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 10.0


def as_they_finish(transport: Transport, batch_id: str) -> Iterator[Image]:
    """Every image of a batch once, in the order they finished; ends when the batch has ended."""
    cursor, pause = "", FIRST_PAUSE
    while True:
        page = transport.call("GET", f"/batches/{batch_id}/images" + (f"?after={cursor}" if cursor else ""))
        images = [Image.read(entry) for entry in page["images"]]
        yield from images
        if page["next"] is None:
            return
        cursor = str(page["next"])
        pause = FIRST_PAUSE if images else min(LONGEST_PAUSE, 1.5 * pause)
        if not images:
            transport.rest(pause)


def wanted(batch_id: str, image: Image) -> Wanted:
    """The file of an image."""
    return Wanted(f"/batches/{batch_id}/images/{image.file}", image.bytes, image.md5)


def fetch_images(
    transport: Transport,
    batch_id: str,
    images: Iterable[Image],
    directory: Path,
    in_flight: int,
    progress: Progress = silent,
) -> Iterator[tuple[Image, Path]]:
    """Fetch images side by side; each is given with its path as soon as it is there.

    Raises TransferFailed when all others are there, naming those that did not come right.
    """
    running: dict[Future[Path], Image] = {}
    wrong: list[str] = []
    pool = ThreadPoolExecutor(in_flight, thread_name_prefix="skybatch-image")

    def settled(limit: int) -> Iterator[tuple[Image, Path]]:
        while len(running) > limit:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                image = running.pop(future)
                try:
                    yield image, future.result()
                except TransferFailed as failed:
                    wrong.extend(failed.files)

    try:
        for image in images:
            path = directory / image.file
            running[pool.submit(fetch, transport, wanted(batch_id, image), path, progress)] = image
            yield from settled(in_flight - 1)
        yield from settled(0)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if wrong:
        raise TransferFailed(f"{len(wrong)} files did not come right: {', '.join(wrong[:5])}", files=wrong)
