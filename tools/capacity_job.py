"""Batches of the capacity model: their bundles, packed by the code, and a worker's time for each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from skybatch.batch.execution.packing import Bundle, pack
from skybatch.batch.plan import Task
from skybatch.bundles.spans import Copied, Span, plan_parts
from skybatch.bundles.tar_members import BLOCK_BYTES
from skybatch.fits.pixel_box import PixelBox
from skybatch.surveys.image_type import ImageType
from tools.aws_prices import ATLAS_BYTES, Services

# A crop of a tiled image: its tables once, then the tiles that it needs: two range reads.
TILED_READS, TILED_BYTES = 2, 140_000
# A crop of a plain image of 67 MB, as AllWISE's are: its header, then rows of 50 arcsec; docs/benchmarks.md.
PLAIN_READS, PLAIN_BYTES = 2, 620_000
# A worker's own requests for a bundle: its line of the stretch, and a look for a cancellation request.
BUNDLE_GETS, BUNDLE_PUTS = 2, 1
CROP_BYTES = 23_040  # 50 arcsec of an Atlas image
WORKER_TIMEOUT = 30  # the template's default


@dataclass(frozen=True)
class Load:
    """The work of one bundle: stored images, GETs and bytes of them, what is inflated, cut and written.

    ``inflated`` counts in stored Atlas images.
    """

    sources: int
    reads: int
    read_bytes: int
    inflated: float
    crops: int
    files: int
    written_bytes: int


@dataclass(frozen=True)
class Job:
    """A batch: stored images, files made from each, sizes in bytes.

    Attributes
    ----------
    sources, files
        Stored images, and files of each.
    stored_bytes, file_bytes
        Bytes of a stored image, and of a file made from it.
    whole
        Whether the stored file itself is delivered.
    tiled
        Whether crops read tiles instead of the whole stored image.
    plain
        Whether the stored images are plain FITS, of which crops read rows.
    beside
        What another survey gives for the same rows.
    """

    sources: int
    files: int
    stored_bytes: int
    file_bytes: int
    whole: bool = False
    tiled: bool = False
    plain: bool = False
    beside: Job | None = None

    @classmethod
    def of(cls, images: int, sources: int, bytes: int) -> Job:
        """Return a batch of about so many images of so many bytes in all; large ones are whole images."""
        files, size = max(1, round(images / sources)), bytes // max(1, images)
        return cls(images // files, files, ATLAS_BYTES, size, whole=files == 1 and size > ATLAS_BYTES // 2)

    @property
    def images(self) -> int:
        """Files that it delivers."""
        return self.sources * self.files + (self.beside.images if self.beside else 0)

    @property
    def bytes(self) -> int:
        """Bytes that it delivers."""
        own = self.sources * self.files * self.file_bytes
        return own + (self.beside.bytes if self.beside else 0)

    @cached_property
    def loads(self) -> tuple[Load, ...]:
        """Its bundles, in order."""
        return _loads(self)

    @cached_property
    def parts(self) -> Parts:
        """The parts of its archive."""
        return parts_of(self.loads)


@dataclass(frozen=True)
class Parts:
    """Parts of an archive: copied inside S3, or passed through the collector; and the bytes of both."""

    copies: int
    gathered: int
    copied_bytes: int
    gathered_bytes: int

    @property
    def count(self) -> int:
        """All parts."""
        return self.copies + self.gathered


def parts_of(loads: Sequence[Load]) -> Parts:
    """Plan the parts of an archive of these bundles; the last part has the tables too."""
    parts, _ = plan_parts([Span(str(n), "", 0, load.written_bytes) for n, load in enumerate(loads)])
    copied = [part.span.length for part in parts if isinstance(part, Copied)]
    written = sum(load.written_bytes for load in loads)
    return Parts(len(copied), len(parts) - len(copied) + 1, sum(copied), written - sum(copied))


def loads_of(tasks: Sequence[Task], worker_timeout: float = WORKER_TIMEOUT) -> list[Load]:
    """Pack tasks as the code does."""
    return [_load(bundle) for bundle in pack(tasks, worker_timeout)]


@lru_cache(maxsize=64)
def _loads(job: Job) -> tuple[Load, ...]:
    return tuple(loads_of(_tasks(job)))


def _tasks(job: Job) -> list[Task]:
    """Return the tasks of a batch; those of two surveys in the order of the rows, as names sort them."""
    own = _tasks_of_one(job)
    if job.beside is None:
        return own
    placed = [(n / len(tasks), task) for tasks in (own, _tasks(job.beside)) for n, task in enumerate(tasks)]
    placed.sort(key=lambda pair: pair[0])
    return [replace(task, index=n) for n, (_, task) in enumerate(placed)]


def _tasks_of_one(job: Job) -> list[Task]:
    box = None if job.whole else PixelBox(0, 0, 76, 76)
    suffix = "fits.fz" if job.tiled else "fits" if job.plain else "fits.gz"
    return [
        Task(
            index=n,
            row=n,
            row_number=n + 1,
            id=None,
            file=f"{n + 1:06d}_990101n_j0010009.fits",
            source=f"{n // job.files}.{suffix}",
            dataset="asky",
            set_index=n // job.files,
            band="j",
            image_type=ImageType.ATLAS,
            delivery_format="fits.gz" if job.whole else "fits",
            box=box,
            bytes=job.file_bytes,
            tiles=(job.stored_bytes, 1) if job.tiled else None,
            stored_bytes=job.stored_bytes,
        )
        for n in range(job.sources * job.files)
    ]


def _load(bundle: Bundle) -> Load:
    reads, read_bytes, inflated, crops = 0, 0, 0, 0
    for tasks in bundle.sources:
        stored, tiles = tasks[0].stored_bytes or ATLAS_BYTES, tasks[0].tiles
        boxes = sum(task.box is not None for task in tasks)
        crops += boxes
        plain, only_crops = tasks[0].source.endswith(".fits"), boxes == len(tasks)
        count, size = 1, stored
        if only_crops and tiles is not None:
            count, size = TILED_READS, min(TILED_BYTES, stored)
        elif only_crops and plain:
            count, size = PLAIN_READS, min(PLAIN_BYTES, stored)
        reads, read_bytes, inflated = reads + count, read_bytes + size, inflated + (0 if plain else size)
    return Load(
        sources=len(bundle.sources),
        reads=reads,
        read_bytes=read_bytes,
        inflated=inflated / ATLAS_BYTES,
        crops=crops,
        files=len(bundle.tasks),
        written_bytes=sum(task.bytes + -task.bytes % BLOCK_BYTES + BLOCK_BYTES for task in bundle.tasks),
    )


def bundle_seconds(load: Load, services: Services, waited: float = 0.0) -> float:
    """Return a worker's seconds for one bundle: its line, reading overlapped with cutting, one PUT.

    ``waited`` is how long the archive bucket's request limit holds its reads back.
    """
    reading = max(_reading(load, services), waited)
    working = (
        load.inflated * services.inflate
        + load.crops * (services.cut + services.preview)
        + load.written_bytes * services.checksum
    )
    writing = services.put + load.written_bytes / services.network
    return BUNDLE_GETS * services.first_byte + max(reading, working) + writing


def _reading(load: Load, services: Services) -> float:
    """Seconds to read a bundle's stored images, several in flight over one function's network."""
    rounds = math.ceil(load.reads / services.reads_in_flight)
    one = load.read_bytes / max(1, load.reads) / services.stream
    return max(rounds * (services.first_byte + one), services.first_byte + load.read_bytes / services.network)


def archive_seconds(parts: Parts, services: Services) -> float:
    """Return the collector's seconds for the archive: copies inside S3 beside what passes through it."""
    mean = parts.copied_bytes / parts.copies if parts.copies else 0.0
    rounds = math.ceil(parts.copies / services.copies_in_flight)
    copying = rounds * (services.copy + mean / services.copy_stream)
    moved = parts.gathered * (services.first_byte + services.put)
    moved += 2 * parts.gathered_bytes / services.network
    return max(copying, moved) + 3 * services.put  # begin, complete, ask for the checksum
