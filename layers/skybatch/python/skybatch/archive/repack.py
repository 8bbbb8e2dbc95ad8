"""Keep Atlas images in tiles: beside the stored form, or instead of it.

What is done shows in the archive itself: a tiled file is written whole and verified or not at all, and what
was learnt of it is kept below ``inventory/{dataset}/repack/``. So a run that was stopped goes on where it
was, on this machine or another. The inventory is published when all images were gone through; only then,
and only where wanted, are the other forms removed.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from skybatch.archive.checkpoints import Parts, Rows
from skybatch.archive.header_reader import tiled_front
from skybatch.archive.image_records import Problem, image_code
from skybatch.archive.make_quicklooks import stored
from skybatch.archive.tiled_copies import DONE, publish_tiles, published, remove_others
from skybatch.concurrency import parallel_map
from skybatch.errors import SourceDamaged, SourceError
from skybatch.fits.tiles.gzip2_reader import decompress_image, decompress_tiled
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.quicklook import SCALE
from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles
from skybatch.storage.objects import Entry, Tree
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import inventory_folder
from skybatch.surveys.twomass.layout import TILED_SUFFIX, ImageId, atlas_key, quicklook_key

PART_IMAGES = 500
FOLDER = "repack"  # beside the versions of the inventory
Progress = Callable[[int], None]


@dataclass(frozen=True)
class RepackReport:
    """What a run came to.

    ``packed`` images were written in this run, ``present`` had a sound tiled form already, ``quicklooks``
    were made, ``removed`` files deleted. ``original_bytes`` and ``tiled_bytes`` are those of all images that
    have both, or had before. ``version`` is the new inventory's, empty where there was none to bring up to
    date.
    """

    packed: int
    present: int
    quicklooks: int
    removed: int
    original_bytes: int
    tiled_bytes: int
    problems: tuple[Problem, ...]
    version: str

    def dollars_saved(self, dollars_a_gb: float) -> float:
        """A month's storage of the original files less that of the tiled ones."""
        return (self.original_bytes - self.tiled_bytes) / 1e9 * dollars_a_gb


@dataclass(frozen=True)
class Job:
    """One Atlas image and the files that there are of it: by suffix, the usual one first."""

    image: ImageId
    forms: dict[str, Entry]
    quicklook: bool

    @property
    def tiled(self) -> Entry | None:
        """The tiled form's file."""
        return self.forms.get(TILED_SUFFIX)

    @property
    def original(self) -> Entry | None:
        """The file that it is made from."""
        return next((entry for suffix, entry in self.forms.items() if suffix != TILED_SUFFIX), None)


@dataclass
class _Run:
    """One pass over a data set."""

    tree: Tree
    packers: Executor
    known: Rows
    quicklooks: bool
    made: int = 0
    problems: list[Problem] = field(default_factory=list)

    def done(self, job: Job) -> tuple[Any, ...] | Problem:
        """The row of an image that has its tiled form now, or why it has none."""
        try:
            row = self._row(job)
            if self.quicklooks and not job.quicklook:
                self._draw(job)
        except SourceError as error:
            return Problem(next(iter(job.forms.values())).path, error.detail)
        except FileNotFoundError:
            return Problem(next(iter(job.forms.values())).path, "gone before it could be read")
        return row

    def _row(self, job: Job) -> tuple[Any, ...]:
        code, band = image_code(job.image), BANDS.index(job.image.band)
        known = self._known(code, band)
        size = job.original.size if job.original else 0
        if job.tiled and known is not None and known["tiled_bytes"] == job.tiled.size:
            return (code, band, job.tiled.size, known["tile_table"], known["tile_heap"], size, False)
        if job.tiled and self._sound(job.tiled, job.original):
            front = tiled_front(self.tree, job.tiled)
            return (code, band, job.tiled.size, front.table_offset, front.heap_offset, size, False)
        if job.original is None:
            raise SourceDamaged("the tiled form is damaged, and there is no other to make it from")
        packed = self.packers.submit(compress_tiled, self.tree.read(job.original.path)).result()
        self._write(atlas_key(job.image, TILED_SUFFIX), packed.content)
        return (code, band, len(packed.content), packed.table_offset, packed.heap_offset, size, True)

    def _known(self, code: int, band: int) -> Any | None:
        """The last row that is kept of an image."""
        place = int(np.searchsorted(_numbers(self.known), code * len(BANDS) + band, side="right")) - 1
        row = self.known[place] if place >= 0 else None
        return row if row is not None and (row["code"], row["band"]) == (code, band) else None

    def _sound(self, tiled: Entry, original: Entry | None) -> bool:
        """Whether a tiled file that this run knows nothing of gives the original back."""
        stored = self.tree.read(tiled.path)
        reference = None if original is None else self.tree.read(original.path)
        return self.packers.submit(is_same_image, stored, reference).result()

    def _draw(self, job: Job) -> None:
        source = job.original or job.tiled
        if source is not None:
            packed = self.packers.submit(
                compress_quicklook_tiles, self.tree.read(source.path), SCALE
            ).result()
            self._write(quicklook_key(job.image, TILED_SUFFIX), packed.content)
            self.made += 1

    def _write(self, key: str, file: bytes) -> None:
        self.tree.write(key, file)
        if self.tree.read(key) != file:
            self.tree.delete(key)
            raise SourceDamaged("the tiled form does not read back as it was written")


def is_same_image(tiled: bytes, original: bytes | None) -> bool:
    """Whether a tiled file is whole and, where there is another form, gives the same plain file."""
    try:
        plain = decompress_tiled(tiled)
    except SourceError:
        return False
    return original is None or plain == decompress_image(original)


def repack(
    tree: Tree,
    dataset: str,
    *,
    instead: bool = False,
    quicklooks: bool = False,
    processes: int = os.cpu_count() or 1,
    part_images: int = PART_IMAGES,
    progress: Progress = lambda images: None,
) -> RepackReport:
    """Write the missing tiled forms of a data set's Atlas images, and let the inventory know all there are.

    Each is verified on the way: pixels bit for bit, every card byte for byte in order, and the stored file
    by reading it back. ``quicklooks``: Quicklooks in tiles too, made from the Atlas images. ``instead``:
    afterwards the other forms of all images (and Quicklooks) that now have tiles are removed; an inventory
    that knows the tiled ones is published before that. Images that cannot be packed are left as they are,
    and named.
    """
    parts = Parts(tree, f"{inventory_folder(dataset)}/{FOLDER}/", DONE)
    # Before other forms go, every tiled one is held against them, by this run or one that it goes on from.
    known = parts.load() if instead else np.concatenate([published(tree, dataset), parts.load()])
    known = known[np.argsort(_numbers(known), kind="stable")]
    # Spawned, because the object store's own threads do not survive a fork.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as packers:
        run = _Run(tree, packers, known, quicklooks)
        rows = _gone_through(run, dataset, parts, processes, part_images, progress)
    version = publish_tiles(tree, dataset, rows, instead) if len(rows) else ""
    removed = remove_others(tree, dataset, rows, quicklooks) if instead else 0
    parts.clear()
    both = rows[rows["original"] > 0]
    packed = int(np.count_nonzero(rows["made"]))
    sums = int(both["original"].sum()), int(both["tiled_bytes"].sum())
    return RepackReport(packed, len(rows) - packed, run.made, removed, *sums, tuple(run.problems), version)


def _numbers(rows: Rows) -> Any:
    """One number an image."""
    return rows["code"] * len(BANDS) + rows["band"]


def _gone_through(
    run: _Run, dataset: str, parts: Parts, processes: int, part_images: int, progress: Progress
) -> Rows:
    """The rows of all images, kept part by part as they come."""
    rows: list[Rows] = [np.zeros(0, DONE)]
    fresh: list[tuple[Any, ...]] = []
    # Packing keeps a core busy, reading and writing wait: processes for the one, threads for the others.
    for outcome in parallel_map(run.done, _jobs(run.tree, dataset), 2 * processes + 2):
        if isinstance(outcome, Problem):
            run.problems.append(outcome)
        else:
            fresh.append(outcome)
        if len(fresh) >= part_images:
            rows.append(np.array(fresh, DONE))
            parts.keep(rows[-1])
            fresh = []
        progress(1)
    return np.concatenate([*rows, np.array(fresh, DONE)])


def _jobs(tree: Tree, dataset: str) -> Iterator[Job]:
    """Each Atlas image of a data set with its files; one scan in memory at a time."""
    for _, scan in groupby(stored(tree, dataset), lambda one: (one[1].date, one[1].hem, one[1].scan)):
        forms: dict[ImageId, dict[str, Entry]] = {}
        drawn = set()
        for entry, image, kind, suffix in scan:
            if kind is ImageType.ATLAS:
                forms.setdefault(image, {})[suffix] = entry
            elif suffix == TILED_SUFFIX:
                drawn.add(image)
        yield from (Job(image, files, image in drawn) for image, files in sorted(forms.items()))
