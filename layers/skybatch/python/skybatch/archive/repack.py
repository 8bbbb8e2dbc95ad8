"""Tile-compress Atlas images, beside the originals or replacing them.

Progress is kept in the archive itself: a tile-compressed copy is written whole and verified or not at all,
and its record is kept below ``inventory/{dataset}/repack/``, so an interrupted run continues on any machine.
The inventory is published when all images are processed; only then, and only where asked, are the originals
deleted.
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

from skybatch.archive.checkpoints import Checkpoints, Rows
from skybatch.archive.header_reader import read_tile_table
from skybatch.archive.image_records import Problem, image_code
from skybatch.archive.make_quicklooks import stored_images
from skybatch.archive.tiled_copies import TILED_COPY, delete_originals_of, publish_tiles, published_copies
from skybatch.archive.whole_files import read_whole
from skybatch.concurrency import parallel_map
from skybatch.errors import SourceDamaged, SourceError
from skybatch.fits.tiles.gzip2_reader import decompress_image, decompress_tiled
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.quicklook import SCALE
from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.image_id import TILED_SUFFIX, ScanImageId, atlas_key, inventory_folder, quicklook_key
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS

CHECKPOINT_IMAGES = 500
FOLDER = "repack"  # beside the versions of the inventory
Progress = Callable[[int], None]


@dataclass(frozen=True)
class RepackReport:
    """Result of a run.

    Attributes
    ----------
    packed, present
        Images compressed in this run, and images with a sound copy already.
    quicklooks, removed
        Quicklooks made, and files deleted.
    original_bytes, tiled_bytes
        Sizes of all images that have both forms, or had before.
    problems
        Images that were skipped.
    version
        Version of the new inventory; empty where there was none to update.
    """

    packed: int
    present: int
    quicklooks: int
    removed: int
    original_bytes: int
    tiled_bytes: int
    problems: tuple[Problem, ...]
    version: str

    def dollars_saved(self, dollars_per_gb: float) -> float:
        """Return the monthly price of storing the originals less that of the copies."""
        return (self.original_bytes - self.tiled_bytes) / 1e9 * dollars_per_gb


@dataclass(frozen=True)
class Job:
    """One Atlas image and its files by suffix, the usual one first."""

    image: ScanImageId
    forms: dict[str, Entry]
    quicklook: bool

    @property
    def tiled(self) -> Entry | None:
        """The tile-compressed file."""
        return self.forms.get(TILED_SUFFIX)

    @property
    def original(self) -> Entry | None:
        """The file that the copy is made from."""
        return next((entry for suffix, entry in self.forms.items() if suffix != TILED_SUFFIX), None)


@dataclass
class _Repacking:
    """One pass over a data set."""

    tree: Tree
    packers: Executor
    known: Rows
    quicklooks: bool
    made: int = 0
    problems: list[Problem] = field(default_factory=list)

    def done(self, job: Job) -> tuple[Any, ...] | Problem:
        """Return the row of an image that now has its copy, or the reason why it has none."""
        try:
            row = self._row(job)
            if self.quicklooks and not job.quicklook:
                self._make_quicklook(job)
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
            table = read_tile_table(self.tree, job.tiled)
            return (code, band, job.tiled.size, table.table_offset, table.heap_offset, size, False)
        if job.original is None:
            raise SourceDamaged("the tile-compressed file is damaged, and there is no original")
        packed = self.packers.submit(compress_tiled, read_whole(self.tree, job.original)).result()
        self._write(atlas_key(job.image, TILED_SUFFIX), packed.content)
        return (code, band, len(packed.content), packed.table_offset, packed.heap_offset, size, True)

    def _known(self, code: int, band: int) -> Any | None:
        """Return the last known row of an image."""
        place = int(np.searchsorted(_numbers(self.known), code * len(BANDS) + band, side="right")) - 1
        row = self.known[place] if place >= 0 else None
        return row if row is not None and (row["code"], row["band"]) == (code, band) else None

    def _sound(self, tiled: Entry, original: Entry | None) -> bool:
        """Whether a copy without a record restores the original."""
        content = read_whole(self.tree, tiled)
        original_content = None if original is None else read_whole(self.tree, original)
        return self.packers.submit(is_same_image, content, original_content).result()

    def _make_quicklook(self, job: Job) -> None:
        source = job.original or job.tiled
        if source is not None:
            packed = self.packers.submit(
                compress_quicklook_tiles, read_whole(self.tree, source), SCALE
            ).result()
            self._write(quicklook_key(job.image, TILED_SUFFIX), packed.content)
            self.made += 1

    def _write(self, key: str, file: bytes) -> None:
        self.tree.write(key, file)
        if self.tree.read(key) != file:
            self.tree.delete(key)
            raise SourceDamaged("the tile-compressed file does not read back as it was written")


def is_same_image(tiled: bytes, original: bytes | None) -> bool:
    """Whether a tile-compressed file is whole and, given the original, restores the same plain file."""
    try:
        plain = decompress_tiled(tiled)
    except SourceError:
        return False
    return original is None or plain == decompress_image(original)


def repack(
    tree: Tree,
    dataset: str,
    *,
    delete_originals: bool = False,
    quicklooks: bool = False,
    processes: int = os.cpu_count() or 1,
    checkpoint_images: int = CHECKPOINT_IMAGES,
    progress: Progress = lambda images: None,
) -> RepackReport:
    """Tile-compress the Atlas images of a data set that have no copy yet, and publish the copies.

    Each copy is verified: pixels bit for bit, every header card byte for byte in order, and the stored file
    by reading it back. Images that cannot be compressed are left as they are, and reported.

    Parameters
    ----------
    tree, dataset
        Where the images are.
    delete_originals
        Afterwards delete the originals of all images (and Quicklooks) that now have a copy. An inventory
        that lists the copies is published before that.
    quicklooks
        Make tile-compressed Quicklooks of the Atlas images, too.
    processes
        Processes that compress.
    checkpoint_images
        Images between two checkpoints.
    progress
        Called with the number of further images done.
    """
    checkpoints = Checkpoints(tree, f"{inventory_folder(dataset)}/{FOLDER}/", TILED_COPY)
    known = checkpoints.load()
    # Before originals are deleted, every copy is compared with them, by this run or the one it continues.
    if not delete_originals:
        known = np.concatenate([published_copies(tree, dataset), known])
    known = known[np.argsort(_numbers(known), kind="stable")]
    # Spawned, because the object store's own threads do not survive a fork.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as packers:
        run = _Repacking(tree, packers, known, quicklooks)
        rows = _process_all(run, dataset, checkpoints, processes, checkpoint_images, progress)
    version = publish_tiles(tree, dataset, rows, delete_originals) if len(rows) else ""
    removed = delete_originals_of(tree, dataset, rows, quicklooks) if delete_originals else 0
    checkpoints.clear()
    both = rows[rows["original"] > 0]
    packed = int(np.count_nonzero(rows["made"]))
    sums = int(both["original"].sum()), int(both["tiled_bytes"].sum())
    return RepackReport(packed, len(rows) - packed, run.made, removed, *sums, tuple(run.problems), version)


def _numbers(rows: Rows) -> Any:
    """Return one number per image."""
    return rows["code"] * len(BANDS) + rows["band"]


def _process_all(
    run: _Repacking,
    dataset: str,
    checkpoints: Checkpoints,
    processes: int,
    checkpoint_images: int,
    progress: Progress,
) -> Rows:
    """Process all images and return their rows, with a checkpoint of these from time to time."""
    rows: list[Rows] = [np.zeros(0, TILED_COPY)]
    fresh: list[tuple[Any, ...]] = []
    # Packing keeps a core busy, reading and writing wait: processes for the one, threads for the others.
    for outcome in parallel_map(run.done, _jobs(run.tree, dataset), 2 * processes + 2):
        if isinstance(outcome, Problem):
            run.problems.append(outcome)
        else:
            fresh.append(outcome)
        if len(fresh) >= checkpoint_images:
            rows.append(np.array(fresh, TILED_COPY))
            checkpoints.append(rows[-1])
            fresh = []
        progress(1)
    return np.concatenate([*rows, np.array(fresh, TILED_COPY)])


def _jobs(tree: Tree, dataset: str) -> Iterator[Job]:
    """Yield each Atlas image of a data set with its files; one scan in memory at a time."""
    for _, scan in groupby(stored_images(tree, dataset), lambda one: (one[1].date, one[1].hem, one[1].scan)):
        forms: dict[ScanImageId, dict[str, Entry]] = {}
        with_quicklook = set()
        for entry, image, kind, suffix in scan:
            if kind is ImageType.ATLAS:
                forms.setdefault(image, {})[suffix] = entry
            elif suffix == TILED_SUFFIX:
                with_quicklook.add(image)
        yield from (Job(image, files, image in with_quicklook) for image, files in sorted(forms.items()))
