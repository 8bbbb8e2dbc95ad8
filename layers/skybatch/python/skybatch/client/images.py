"""The images of a batch: listed as they finish, and fetched as files, neighbours in a bundle together."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from skybatch.client.exceptions import TransferFailed
from skybatch.client.models import Image
from skybatch.client.transfer import (
    PARTIAL_SUFFIX,
    ByteCallback,
    PresignedUrl,
    RemoteFile,
    fetch_file,
    ignore_bytes,
    is_verified,
    stream_range,
)
from skybatch.client.transport import Transport

SHORTEST_POLL, LONGEST_POLL = 0.25, 10.0
POLL_GROWTH = 1.5
LISTED_NAMES = 5
GROUP_BYTES = 8 * 1024 * 1024
GAP_BYTES = 64 * 1024
"""Bytes between two images that are fetched rather than skipped: headers of the archive, images of others."""


def iter_finished_images(transport: Transport, batch_id: str) -> Iterator[Image]:
    """Yield every image of a batch once, in the order they finish, until the batch has ended."""
    for page in iter_finished_pages(transport, batch_id):
        yield from page


def iter_finished_pages(transport: Transport, batch_id: str) -> Iterator[list[Image]]:
    """Yield the images of a batch as they finish, those of one answer together, until it has ended."""
    cursor, pause = "", SHORTEST_POLL
    while True:
        query = f"?after={cursor}" if cursor else ""
        page = transport.request_json("GET", f"/batches/{batch_id}/images{query}")
        images = [Image.read(entry) for entry in page["images"]]
        yield images
        if page["next"] is None:
            return
        cursor = str(page["next"])
        pause = SHORTEST_POLL if images else min(LONGEST_POLL, POLL_GROWTH * pause)
        if not images:
            transport.sleep(pause)


def remote_image(batch_id: str, image: Image) -> RemoteFile:
    """Return where the server has an image of a batch."""
    return RemoteFile(f"/batches/{batch_id}/images/{image.file}", image.bytes, image.md5)


def group_images(images: Iterable[Image]) -> Iterator[list[Image]]:
    """Group neighbours in a bundle, in their order; an image whose place is not known is by itself."""
    group: list[Image] = []
    for image in images:
        if group and not _joins(group, image):
            yield group
            group = []
        group.append(image)
    if group:
        yield group


def _joins(group: Sequence[Image], image: Image) -> bool:
    first, last = group[0], group[-1]
    if image.bundle is None or image.bundle != last.bundle:
        return False
    gap = image.offset - (last.offset + last.bytes)
    return 0 <= gap <= GAP_BYTES and image.offset + image.bytes - first.offset <= GROUP_BYTES


class BundleUrls:
    """The presigned URL of each bundle of a batch, asked for once."""

    def __init__(self, transport: Transport, batch_id: str) -> None:
        self.transport = transport
        self.batch_id = batch_id
        self._urls: dict[str, PresignedUrl] = {}
        self._lock = threading.Lock()

    def of(self, bundle: str) -> PresignedUrl:
        """Return the URL of a bundle."""
        with self._lock:
            path = f"/batches/{self.batch_id}/bundles/{bundle}"
            return self._urls.setdefault(bundle, PresignedUrl(self.transport, path))


def fetch_group(
    url: PresignedUrl, group: Sequence[Image], directory: Path, on_bytes: ByteCallback
) -> set[str]:
    """Fetch a group's images by one range, and write those that have their MD5; return the names of these.

    Images that are there already are not fetched again.
    """
    there = {image.file for image in group if is_verified(directory / image.file, image.bytes, image.md5)}
    on_bytes(sum(image.bytes for image in group if image.file in there))
    wanted = [image for image in group if image.file not in there]
    if not wanted:
        return there
    start, stop = wanted[0].offset, wanted[-1].offset + wanted[-1].bytes
    body = b"".join(stream_range(url, start, stop))
    for image in wanted:
        begin = image.offset - start
        if _write(body[begin : begin + image.bytes], image, directory):
            on_bytes(image.bytes)
            there.add(image.file)
    return there


def _write(body: bytes, image: Image, directory: Path) -> bool:
    if hashlib.md5(body, usedforsecurity=False).hexdigest() != image.md5:
        return False
    directory.mkdir(parents=True, exist_ok=True)
    partial = directory / (image.file + PARTIAL_SUFFIX)
    partial.write_bytes(body)
    partial.replace(directory / image.file)
    return True


def fetch_images(
    transport: Transport,
    batch_id: str,
    images: Iterable[Image],
    directory: Path,
    in_flight: int,
    on_bytes: ByteCallback = ignore_bytes,
) -> Iterator[tuple[Image, Path]]:
    """Fetch images, as `fetch_pages` does."""
    return fetch_pages(transport, batch_id, [list(images)], directory, in_flight, on_bytes)


def fetch_pages(
    transport: Transport,
    batch_id: str,
    pages: Iterable[Sequence[Image]],
    directory: Path,
    in_flight: int,
    on_bytes: ByteCallback = ignore_bytes,
) -> Iterator[tuple[Image, Path]]:
    """Fetch images, ``in_flight`` requests at a time; yield each with its path as soon as it is complete.

    Neighbours in a bundle of the server are fetched by one request.

    Raises
    ------
    TransferFailed
        After all others are complete, naming the files whose contents were wrong.
    """
    running: set[Future[_Fetched]] = set()
    wrong: list[str] = []
    fetch = _GroupFetch(transport, batch_id, directory, on_bytes)
    pool = ThreadPoolExecutor(in_flight, thread_name_prefix="skybatch-image")

    def completed(limit: int) -> Iterator[tuple[Image, Path]]:
        """Yield finished transfers until at most ``limit`` are running."""
        while len(running) > limit:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                running.remove(future)
                fetched = future.result()
                wrong.extend(fetched.wrong)
                yield from ((image, directory / image.file) for image in fetched.images)

    try:
        for page in pages:
            for group in group_images(page):
                running.add(pool.submit(fetch, group))
                yield from completed(in_flight - 1)
        yield from completed(0)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if wrong:
        listed = ", ".join(wrong[:LISTED_NAMES])
        raise TransferFailed(f"{len(wrong)} files have wrong contents: {listed}", files=wrong)


@dataclass(frozen=True)
class _Fetched:
    """The images of a group that are on disk, and the names of those whose contents were wrong."""

    images: list[Image]
    wrong: list[str]


class _GroupFetch:
    """Fetches groups of images, from several threads."""

    def __init__(self, transport: Transport, batch_id: str, directory: Path, on_bytes: ByteCallback) -> None:
        self.transport = transport
        self.batch_id = batch_id
        self.directory = directory
        self.on_bytes = on_bytes
        self.urls = BundleUrls(transport, batch_id)

    def __call__(self, group: Sequence[Image]) -> _Fetched:
        """Fetch a group at once, and by itself whatever of it did not come so."""
        done: set[str] = set()
        bundle = group[0].bundle
        if bundle is not None and len(group) > 1:
            done = fetch_group(self.urls.of(bundle), group, self.directory, self.on_bytes)
        wrong: list[str] = []
        for image in group:
            if image.file not in done:
                wrong += self._fetch_alone(image)
        return _Fetched([image for image in group if image.file not in wrong], wrong)

    def _fetch_alone(self, image: Image) -> Sequence[str]:
        remote, path = remote_image(self.batch_id, image), self.directory / image.file
        try:
            fetch_file(self.transport, remote, path, self.on_bytes)
        except TransferFailed as failed:
            return failed.files
        return ()
