"""Download of a finished batch: its archive in parallel ranges, unpacked while it arrives, all verified.

The archive is one file on the server and takes few requests; images that are missing or wrong after it are
fetched one by one. Called again, a download continues where it stopped.
"""

from __future__ import annotations

import json
import tarfile
import tempfile
import time
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from skybatch.client.directory import (
    IMAGES,
    ResumeState,
    check_batch,
    claim_directory,
    lock_directory,
    refuse_foreign,
)
from skybatch.client.exceptions import BatchFailed, PackageMissing, StillRunning, UnexpectedResponse
from skybatch.client.images import fetch_images
from skybatch.client.models import Image, safe_name
from skybatch.client.progress import ProgressListener
from skybatch.client.transfer import PresignedUrl, RemoteFile, fetch_file, is_verified, stream_segments
from skybatch.client.transport import Transport
from skybatch.client.unpack import unpack
from skybatch.concurrency import parallel_map
from skybatch.errors import NotFound
from skybatch.status import BatchStatus, ResultFile

if TYPE_CHECKING:
    from astropy.table import Table

ARCHIVE = "images.tar"
MANIFEST = "manifest.json"
# Tables that a batch has only where there are such images.
IMAGE_TABLES = ("images", "unretrieved", "failed")
# Up to this many missing images (but less than half of all) are fetched one by one, not by the archive.
MAX_INDIVIDUAL_IMAGES = 8
SAVE_INTERVAL_SECONDS = 0.5


@dataclass(frozen=True)
class Download:
    """A batch on disk: its images in ``directory/images``, tables and other files in ``directory``."""

    directory: Path
    status: BatchStatus
    images: tuple[Path, ...]

    @property
    def batch_id(self) -> str:
        """The batch's id."""
        return self.status.batch_id

    def table(self, name: str = "images") -> Table:
        """Read a table of the batch: ``images``, ``rows``, ``unretrieved`` or ``failed``.

        A table of images of which the batch has none is empty.

        Raises
        ------
        FileNotFoundError
            There is no such table.
        PackageMissing
            astropy is not installed.
        """
        path = self.directory / f"{name}.xml"
        if name in IMAGE_TABLES and self.status.file(path.name) is None:
            images = self.directory / "images.xml"
            return empty_table(read_table(images) if self.status.file(images.name) else None)
        return read_table(path)


def empty_table(like: Table | None) -> Table:
    """Return a table without rows, with the columns of another where there is one."""
    from astropy.table import Table

    return Table() if like is None else like[:0]


def read_table(path: Path) -> Table:
    """Read a VOTable file. Raises PackageMissing where astropy is not installed."""
    try:
        from astropy.table import Table
    except ImportError:
        raise PackageMissing("Tables need astropy: install skybatch with the extra 'astropy'.") from None
    table = Table.read(path, format="votable")
    for name in table.colnames:
        if table[name].dtype == object and all(isinstance(v, str | type(None)) for v in table[name].tolist()):
            table[name] = table[name].astype(str)  # astropy reads text of variable length as objects
    return table


def fetch_table(transport: Transport, status: BatchStatus, name: str) -> Table:
    """Fetch and read a table of an ended batch; one of images of which it has none is empty.

    Raises NotFound where the batch has no such table.
    """
    file = status.file(safe_name(f"{name}.xml"))
    if file is not None:
        return _fetch_votable(transport, status.batch_id, file)
    if name in IMAGE_TABLES and status.state in ("complete", "cancelled"):
        images = status.file("images.xml")
        return empty_table(images and _fetch_votable(transport, status.batch_id, images))
    raise NotFound(f"The batch has no table {name}; it is {status.state}.")


def _fetch_votable(transport: Transport, batch_id: str, file: ResultFile) -> Table:
    with tempfile.TemporaryDirectory(prefix="skybatch-") as folder:
        remote = RemoteFile(f"/batches/{batch_id}/files/{file.name}", file.bytes, file.md5)
        return read_table(fetch_file(transport, remote, Path(folder) / file.name))


def download_batch(
    transport: Transport,
    status: BatchStatus,
    directory: Path,
    in_flight: int,
    progress: ProgressListener,
    *,
    force: bool = False,
) -> Download:
    """Fetch all results of a batch, each file verified by its MD5; ``force`` overwrites files of others.

    Raises
    ------
    StillRunning, BatchFailed
        The batch has not ended, or has no results.
    Conflict
        The directory holds another batch or files of others, or another download is writing to it.
    TransferFailed, Unreachable
        Files received so far are kept; call again to continue.
    """
    if not status.ended:
        raise StillRunning(f"The batch is {status.state}; wait for its end, or fetch images as they finish.")
    if status.state == "failed":
        raise BatchFailed(status.reason or "The batch failed.")
    with lock_directory(directory):
        claimed = bool(check_batch(directory, status.batch_id).batch_id)
        batch = BatchDownload(transport, status, directory, in_flight, progress)
        if not force:
            batch.refuse_foreign_companions()
        images = batch.fetch_manifest()
        (directory / IMAGES).mkdir(parents=True, exist_ok=True)
        missing = batch.missing_images(images)
        if not (force or claimed):
            refuse_foreign(directory / IMAGES / image.file for image in missing)
        state = claim_directory(directory, transport.server, status.batch_id)
        batch.fetch_all(images, missing, state)
    return Download(directory, status, tuple(directory / IMAGES / image.file for image in images))


@dataclass(frozen=True)
class BatchDownload:
    """The steps of downloading one batch to one directory."""

    transport: Transport
    status: BatchStatus
    directory: Path
    in_flight: int
    progress: ProgressListener

    def refuse_foreign_companions(self) -> None:
        """Raise Conflict for files beside the images that exist with contents of their own."""
        refuse_foreign(
            self.directory / file.name for file in self._companion_files() if not self._is_on_disk(file)
        )

    def fetch_all(self, images: Sequence[Image], missing: Sequence[Image], state: ResumeState) -> None:
        """Fetch the missing images, by the archive or one by one, and the files beside them."""
        if len(missing) > min(MAX_INDIVIDUAL_IMAGES, len(images) // 2):
            received = self.fetch_archive(images, missing, state)
            missing = [image for image in missing if f"{IMAGES}/{image.file}" not in received]
        self.fetch_individually(missing)
        self.fetch_companion_files()

    def fetch_manifest(self) -> list[Image]:
        """Return the images of the batch, in the archive's order."""
        file = self.status.file(MANIFEST)
        if file is None or self.status.file(ARCHIVE) is None:
            return []
        path = fetch_file(self.transport, self._remote(file), self.directory / MANIFEST)
        try:
            return [Image.read(entry) for entry in json.loads(path.read_bytes())["images"]]
        except (ValueError, KeyError, TypeError) as error:
            raise UnexpectedResponse(f"The batch's {MANIFEST} cannot be read: {error!r}.") from error

    def missing_images(self, images: Sequence[Image]) -> list[Image]:
        """Return the images that are not on disk, or with wrong contents."""
        folder = self.directory / IMAGES
        on_disk = {path.name for path in folder.iterdir()}
        present = [image for image in images if image.file in on_disk]
        checks = parallel_map(
            lambda image: is_verified(folder / image.file, image.bytes, image.md5), present, self.in_flight
        )
        verified = {image.file for image, right in zip(present, checks, strict=True) if right}
        return [image for image in images if image.file not in verified]

    def fetch_archive(
        self, images: Sequence[Image], missing: Sequence[Image], state: ResumeState
    ) -> set[str]:
        """Unpack the batch's archive, continuing where the state says; return the names received."""
        archive = self.status.file(ARCHIVE)
        if archive is None:
            return set()
        state = _usable(state, images, {image.file for image in missing}, archive.bytes)
        expected = {f"{IMAGES}/{image.file}": image.md5 or "" for image in missing}
        expected |= {
            file.name: file.md5 or "" for file in self._companion_files() if not self._is_on_disk(file)
        }
        self.progress.on_transfer_start(ARCHIVE, archive.bytes - state.archive_offset)
        received: set[str] = set()
        try:
            self._unpack(archive, expected, state, received)
        except tarfile.TarError:
            if not state.archive_offset:
                raise UnexpectedResponse(f"The batch's {ARCHIVE} is no tar file.") from None
            # The offset was wrong: the rest is fetched one by one.
            replace(state, archive_offset=0, images_unpacked=0).save(self.directory)
        finally:
            self.progress.on_transfer_end()
        return received

    def _unpack(
        self, archive: ResultFile, expected: Mapping[str, str], state: ResumeState, received: set[str]
    ) -> None:
        """Unpack the archive, saving the state now and then; add verified names to ``received``."""
        url = PresignedUrl(self.transport, self._remote(archive).path)
        chunks = stream_segments(
            url, state.archive_offset, archive.bytes, self.in_flight, self.progress.on_bytes
        )
        saved = time.monotonic()
        try:
            for member in unpack(chunks, state.archive_offset, self.directory, expected):
                if member.verified:
                    received.add(member.name)
                unpacked = state.images_unpacked + member.name.startswith(f"{IMAGES}/")
                state = replace(state, archive_offset=member.end_offset, images_unpacked=unpacked)
                if time.monotonic() - saved > SAVE_INTERVAL_SECONDS:
                    saved = time.monotonic()
                    state.save(self.directory)
        finally:
            state.save(self.directory)
            chunks.close()

    def fetch_individually(self, images: Sequence[Image]) -> None:
        """Fetch images one by one."""
        if not images:
            return
        self.progress.on_transfer_start(IMAGES, sum(image.bytes for image in images))
        folder, batch_id, on_bytes = self.directory / IMAGES, self.status.batch_id, self.progress.on_bytes
        try:
            for _ in fetch_images(self.transport, batch_id, images, folder, self.in_flight, on_bytes):
                pass
        finally:
            self.progress.on_transfer_end()

    def fetch_companion_files(self) -> None:
        """Fetch the files beside the images that the archive did not bring."""
        missing = [file for file in self._companion_files() if not self._is_on_disk(file)]
        for _ in parallel_map(self._fetch, missing, self.in_flight):
            pass

    def _fetch(self, file: ResultFile) -> Path:
        return fetch_file(self.transport, self._remote(file), self.directory / file.name)

    def _companion_files(self) -> list[ResultFile]:
        return [file for file in self.status.files if file.name != ARCHIVE]

    def _is_on_disk(self, file: ResultFile) -> bool:
        return is_verified(self.directory / file.name, file.bytes, file.md5)

    def _remote(self, file: ResultFile) -> RemoteFile:
        return RemoteFile(f"/batches/{self.status.batch_id}/files/{file.name}", file.bytes, file.md5)


def _usable(
    state: ResumeState, images: Sequence[Image], missing: AbstractSet[str], archive_bytes: int
) -> ResumeState:
    """Return the state, reset to the archive's start where too many missing images lie before its offset."""
    before = sum(image.file in missing for image in images[: state.images_unpacked])
    if before > MAX_INDIVIDUAL_IMAGES or state.archive_offset >= archive_bytes:
        return replace(state, archive_offset=0, images_unpacked=0)
    return state
