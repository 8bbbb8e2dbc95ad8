"""The images of a batch one by one: listed as they finish, and fetched as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from skybatch.client.exceptions import TransferFailed
from skybatch.client.models import Image
from skybatch.client.transfer import ByteCallback, RemoteFile, fetch_file, ignore_bytes
from skybatch.client.transport import Transport

SHORTEST_POLL, LONGEST_POLL = 0.25, 10.0
POLL_GROWTH = 1.5
LISTED_NAMES = 5


def iter_finished_images(transport: Transport, batch_id: str) -> Iterator[Image]:
    """Yield every image of a batch once, in the order they finish, until the batch has ended."""
    cursor, pause = "", SHORTEST_POLL
    while True:
        query = f"?after={cursor}" if cursor else ""
        page = transport.request_json("GET", f"/batches/{batch_id}/images{query}")
        images = [Image.read(entry) for entry in page["images"]]
        yield from images
        if page["next"] is None:
            return
        cursor = str(page["next"])
        pause = SHORTEST_POLL if images else min(LONGEST_POLL, POLL_GROWTH * pause)
        if not images:
            transport.sleep(pause)


def remote_image(batch_id: str, image: Image) -> RemoteFile:
    """Return where the server has an image of a batch."""
    return RemoteFile(f"/batches/{batch_id}/images/{image.file}", image.bytes, image.md5)


def fetch_images(
    transport: Transport,
    batch_id: str,
    images: Iterable[Image],
    directory: Path,
    in_flight: int,
    on_bytes: ByteCallback = ignore_bytes,
) -> Iterator[tuple[Image, Path]]:
    """Fetch images, ``in_flight`` at a time; yield each with its path as soon as it is complete.

    Raises
    ------
    TransferFailed
        After all others are complete, naming the files whose contents were wrong.
    """
    running: dict[Future[Path], Image] = {}
    wrong: list[str] = []
    pool = ThreadPoolExecutor(in_flight, thread_name_prefix="skybatch-image")

    def completed(limit: int) -> Iterator[tuple[Image, Path]]:
        """Yield finished transfers until at most ``limit`` are running."""
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
            remote = remote_image(batch_id, image)
            running[pool.submit(fetch_file, transport, remote, path, on_bytes)] = image
            yield from completed(in_flight - 1)
        yield from completed(0)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if wrong:
        listed = ", ".join(wrong[:LISTED_NAMES])
        raise TransferFailed(f"{len(wrong)} files have wrong contents: {listed}", files=wrong)
