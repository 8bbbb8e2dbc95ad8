"""A finished batch to a directory: its archive in parallel ranges, unpacked while it comes, all verified.

The archive is one file on the server and a few requests; what is still missing or not right after it
comes image by image. Called again, it goes on where it stopped.
"""

from __future__ import annotations

import json
import tarfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from skybatch.client.exceptions import BatchFailed, PackageMissing, StillRunning, UnexpectedAnswer
from skybatch.client.images import fetch_images
from skybatch.client.models import Image, ResultFile, Status
from skybatch.client.progress import Watch
from skybatch.client.resume import Ledger
from skybatch.client.transfer import Link, Wanted, ahead, fetch, holds
from skybatch.client.transport import Transport
from skybatch.client.unpack import unpack
from skybatch.errors import Conflict

if TYPE_CHECKING:
    from astropy.table import Table

ARCHIVE = "images.tar"
MANIFEST = "manifest.json"
IMAGES = "images"
# So few missing images (but less than half of all) are fetched by themselves, not by the archive.
FEW = 8
SECONDS_BETWEEN_NOTES = 0.5


@dataclass(frozen=True)
class Download:
    """A batch as it lies on disk: images in ``directory/images``, tables and the rest in ``directory``."""

    directory: Path
    status: Status
    images: tuple[Path, ...]

    @property
    def batch_id(self) -> str:
        """The batch's id."""
        return self.status.batch_id

    def table(self, name: str = "images") -> Table:
        """One of the batch's tables (``images``, ``rows``, ``unretrieved``, ``failed``) as an astropy Table.

        Raises FileNotFoundError where the batch has no such table, PackageMissing without astropy.
        """
        return read_table(self.directory / f"{name}.xml")


def read_table(path: Path) -> Table:
    """A VOTable file as an astropy Table. Raises PackageMissing without astropy."""
    try:
        from astropy.table import Table
    except ImportError:
        raise PackageMissing("Tables need astropy: pip install 'skybatch[astropy]'.") from None
    table = Table.read(path, format="votable")
    for name in table.colnames:
        if table[name].dtype == object and all(isinstance(v, str | type(None)) for v in table[name].tolist()):
            table[name] = table[name].astype(str)  # text of any length comes as objects from VOTables
    return table


def download(transport: Transport, status: Status, directory: Path, in_flight: int, watch: Watch) -> Download:
    """Everything a batch delivered, each file verified by its MD5.

    Raises
    ------
    StillRunning, BatchFailed
        It has not ended, or has no results.
    Conflict
        The directory holds another batch.
    TransferFailed, Unreachable
        What came is kept; call again to go on.
    """
    if not status.ended:
        raise StillRunning(f"The batch is {status.state}; wait for its end, or fetch images as they finish.")
    if status.state == "failed":
        raise BatchFailed(status.reason or "The batch failed.")
    ledger = claim(directory, transport.server, status.batch_id)
    (directory / IMAGES).mkdir(parents=True, exist_ok=True)
    here = Fetching(transport, status, directory, in_flight, watch)
    images = here.manifest()
    missing = here.missing(images)
    if len(missing) > min(FEW, len(images) // 2):
        came = here.by_archive(images, missing, ledger)
        missing = [image for image in missing if f"{IMAGES}/{image.file}" not in came]
    here.one_by_one(missing)
    here.other_files()
    return Download(directory, status, tuple(directory / IMAGES / image.file for image in images))


def claim(directory: Path, server: str, batch_id: str) -> Ledger:
    """The directory's ledger, for this batch. Raises Conflict where it holds another batch."""
    ledger = Ledger.load(directory)
    if ledger.batch_id and ledger.batch_id != batch_id:
        raise Conflict(
            f"{directory} holds another batch, {ledger.batch_id}; please choose another directory."
        )
    if not ledger.batch_id:
        ledger = replace(ledger, server=ledger.server or server, batch_id=batch_id)
        ledger.save(directory)
    return ledger


@dataclass(frozen=True)
class Fetching:
    """One batch on its way to one directory."""

    transport: Transport
    status: Status
    directory: Path
    in_flight: int
    watch: Watch

    def manifest(self) -> list[Image]:
        """The images the batch delivered, in the archive's order."""
        file = self.status.file(MANIFEST)
        if file is None or self.status.file(ARCHIVE) is None:
            return []
        path = fetch(self.transport, self._wanted(file), self.directory / MANIFEST)
        try:
            return [Image.read(entry) for entry in json.loads(path.read_bytes())["images"]]
        except (ValueError, KeyError, TypeError) as error:
            raise UnexpectedAnswer(f"The batch's {MANIFEST} cannot be read: {error!r}.") from error

    def missing(self, images: Sequence[Image]) -> list[Image]:
        """Those that are not on disk, or not right."""
        folder = self.directory / IMAGES
        on_disk = {path.name for path in folder.iterdir()}
        with ThreadPoolExecutor(self.in_flight) as pool:
            begun = [image for image in images if image.file in on_disk]
            held = pool.map(lambda image: holds(folder / image.file, image.bytes, image.md5), begun)
            right = {image.file for image, is_held in zip(begun, held, strict=True) if is_held}
        return [image for image in images if image.file not in right]

    def by_archive(self, images: Sequence[Image], missing: Sequence[Image], ledger: Ledger) -> set[str]:
        """Unpack the batch's archive from where the ledger says, or from its start; the files that came."""
        archive = self.status.file(ARCHIVE)
        if archive is None:
            return set()
        wanted = {image.file for image in missing}
        passed = sum(image.file in wanted for image in images[: ledger.members])
        if passed > FEW or ledger.offset >= archive.bytes:
            ledger = replace(ledger, offset=0, members=0)
        expected = {f"{IMAGES}/{image.file}": image.md5 or "" for image in missing}
        expected |= {file.name: file.md5 for file in self._other() if not self._there(file)}
        self.watch.start(ARCHIVE, archive.bytes - ledger.offset)
        came: set[str] = set()
        try:
            self._unpack(archive, expected, ledger, came)
        except tarfile.TarError:
            if not ledger.offset:
                raise UnexpectedAnswer(f"The batch's {ARCHIVE} is no tar file.") from None
            replace(ledger, offset=0, members=0).save(self.directory)  # the rest comes one by one
        finally:
            self.watch.finish()
        return came

    def _unpack(
        self, archive: ResultFile, expected: Mapping[str, str], ledger: Ledger, came: set[str]
    ) -> None:
        """Unpack, keeping the ledger; ``came`` takes the names of files that are right."""
        link = Link(self.transport, self._wanted(archive).path)
        chunks = ahead(link, ledger.offset, archive.bytes, self.in_flight, self.watch.advance)
        noted = time.monotonic()
        try:
            for member in unpack(chunks, ledger.offset, self.directory, expected):
                if member.right:
                    came.add(member.name)
                seen = ledger.members + member.name.startswith(f"{IMAGES}/")
                ledger = replace(ledger, offset=member.end, members=seen)
                if time.monotonic() - noted > SECONDS_BETWEEN_NOTES:
                    noted = time.monotonic()
                    ledger.save(self.directory)
        finally:
            ledger.save(self.directory)
            chunks.close()

    def one_by_one(self, images: Sequence[Image]) -> None:
        """Fetch images by themselves."""
        if not images:
            return
        self.watch.start(IMAGES, sum(image.bytes for image in images))
        folder, id_ = self.directory / IMAGES, self.status.batch_id
        try:
            for _ in fetch_images(self.transport, id_, images, folder, self.in_flight, self.watch.advance):
                pass
        finally:
            self.watch.finish()

    def other_files(self) -> None:
        """Fetch what the batch has beside its images and did not come with the archive."""
        missing = [file for file in self._other() if not self._there(file)]
        with ThreadPoolExecutor(self.in_flight) as pool:
            list(pool.map(lambda f: fetch(self.transport, self._wanted(f), self.directory / f.name), missing))

    def _other(self) -> list[ResultFile]:
        return [file for file in self.status.files if file.name != ARCHIVE]

    def _there(self, file: ResultFile) -> bool:
        return holds(self.directory / file.name, file.bytes, file.md5)

    def _wanted(self, file: ResultFile) -> Wanted:
        path = f"/batches/{self.status.batch_id}/files/{file.name}"
        return Wanted(path, file.bytes, file.md5)
