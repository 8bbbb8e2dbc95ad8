"""Packaging: the bundles of a batch joined to one archive, with tables of what is missing and why.

Images are joined inside the store, so their bytes hardly pass through here whatever the batch's size.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus
from skybatch.batch.delivery.image_places import save_places
from skybatch.batch.execution.journal_writer import append_remaining
from skybatch.batch.execution.settlement import decide_outcomes
from skybatch.batch.execution.stretches import archive_order, load_stretches
from skybatch.batch.file_names import archive_path
from skybatch.batch.outcomes import row_outcomes, was_cancelled
from skybatch.batch.plan import Plan
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.record import load_record, load_request
from skybatch.batch.results.batch_results import BatchResults
from skybatch.batch.results.companion_files import companion_files
from skybatch.batch.results.generated_file import GeneratedFile
from skybatch.batch.results.tables import result_tables
from skybatch.batch.status import create_final, finished_status
from skybatch.batch.store import BatchStore
from skybatch.bundles import tar_members
from skybatch.bundles.assembler import Assembler
from skybatch.bundles.spans import join_places
from skybatch.errors import Transient
from skybatch.status import BatchState, BatchStatus, ResultFile
from skybatch.storage.crc32 import combine_all

ARCHIVE = "images.tar"
WRITES_IN_FLIGHT = 8

WriteTexts: TypeAlias = Callable[[BatchResults, OpenInventory], Iterable[GeneratedFile]]
"""Gives the files for people, such as ``README.txt``: they are written above this package."""


def package(
    store: BatchStore,
    plan: Plan,
    open_inventory: OpenInventory,
    write_texts: WriteTexts,
    assembler: Assembler,
    now: float,
) -> BatchStatus:
    """Decide the outcomes, write every result file, then the final status.

    Done twice, it writes the same again: results depend on plan and outcomes alone.
    """
    _tell_of_packaging(store)
    stretches = load_stretches(store)
    outcomes = decide_outcomes(store, plan, stretches)
    places = {o.index: o.place for o in outcomes if o.status is ImageStatus.RETRIEVED and o.place}
    append_remaining(store, plan, places)
    request = load_request(store)
    rows = row_outcomes(plan, outcomes, len(request.rows))
    results = BatchResults(load_record(store), request, plan, outcomes, rows, archive_order(stretches))
    files = list(_write_results(store, results, open_inventory, write_texts, assembler))
    save_places(store, ((task.file, place) for task, _, place in results.archived))
    cancelled = was_cancelled(outcomes, rows)
    status = finished_status(
        results.record, request, plan, outcomes, rows, files, cancelled=cancelled, now=now
    )
    return create_final(store, status)


def _tell_of_packaging(store: BatchStore) -> None:
    """Let readers know what is done now; the last tally of a batch mostly has."""
    progress = store.read_json(keys.PROGRESS) or {}
    if progress.get("state") != BatchState.PACKAGING:
        store.write_json(keys.PROGRESS, {**progress, "state": BatchState.PACKAGING})


def _write_results(
    store: BatchStore,
    results: BatchResults,
    open_inventory: OpenInventory,
    write_texts: WriteTexts,
    assembler: Assembler,
) -> Iterator[ResultFile]:
    """Write the archive, if there is any image, and every file beside it; yield what was written."""
    record = results.record
    upload = store.read(keys.result(record.upload)) if record.upload else None
    with ThreadPoolExecutor(WRITES_IN_FLIGHT) as pool:
        beside = _FilesBeside(store, pool)

        def make_files() -> list[GeneratedFile]:
            texts = write_texts(results, open_inventory)
            described = [*texts, *result_tables(results, results.image_sets(open_inventory))]
            return beside.write([*described, *companion_files(results, described, upload)])

        if results.archived:
            yield _write_archive(store, results, make_files, assembler)
        else:
            make_files()
        yield from beside.written()
    if record.upload and upload is not None:
        file = GeneratedFile(record.upload, upload, "application/octet-stream")
        yield ResultFile(file.name, file.size, file.md5, file.media_type)


@dataclass
class _FilesBeside:
    """The files beside the archive, written side by side while its parts are copied."""

    store: BatchStore
    pool: ThreadPoolExecutor
    files: list[GeneratedFile] = field(default_factory=list)
    writes: list[Future[None]] = field(default_factory=list)

    def write(self, files: list[GeneratedFile]) -> list[GeneratedFile]:
        """Begin to write files; return them."""
        self.files += files
        for file in files:
            self.writes.append(self.pool.submit(self._write, file))
        return files

    def _write(self, file: GeneratedFile) -> None:
        if file.is_long:
            self.store.upload(keys.result(file.name), file.pieces(), file.media_type)
        else:
            self.store.write(keys.result(file.name), file.body, file.media_type)

    def written(self) -> Iterator[ResultFile]:
        """Yield each file once it is written."""
        for file, written in zip(self.files, self.writes, strict=True):
            written.result()
            yield ResultFile(file.name, file.size, file.md5, file.media_type)


def _write_archive(
    store: BatchStore,
    results: BatchResults,
    make_files: Callable[[], list[GeneratedFile]],
    assembler: Assembler,
) -> ResultFile:
    """Join the archive: images, then the files that describe them, then the end mark.

    Its CRC-32 follows from those of its members; where the store has one of its own, both must be the same.
    """
    places = [place for _, _, place in results.archived]
    spans = join_places(places)
    tail = _Tail(results.record.batch_id, sum(span.length for span in spans))
    key, media_type = store.path(keys.result(ARCHIVE)), "application/x-tar"
    made = assembler.assemble(key, spans, lambda: tail.pieces(make_files()), media_type)
    members = ((place.crc32, place.end - place.start) for place in places)
    crc32 = combine_all((*members, (tail.crc32, tail.size)))
    if made.crc32 not in (None, crc32):
        raise Transient(f"the archive has the checksum {made.crc32:08x}, its members give {crc32:08x}")
    return ResultFile(ARCHIVE, made.bytes, None, media_type, crc32=f"{crc32:08x}")


@dataclass
class _Tail:
    """What follows the images in the archive; counts its bytes and their CRC-32."""

    batch_id: str
    before: int
    size: int = 0
    crc32: int = 0

    def pieces(self, files: list[GeneratedFile]) -> Iterator[bytes]:
        """Yield the members of the files, and the end mark."""
        for file in files:
            header = tar_members.file_entry(archive_path(self.batch_id, file.name), file.size)
            pieces = chain((header,), file.pieces(), (tar_members.padding(file.size),))
            yield from map(self._counted, pieces)
        yield self._counted(tar_members.end(self.before + self.size))

    def _counted(self, piece: bytes) -> bytes:
        self.size += len(piece)
        self.crc32 = zlib.crc32(piece, self.crc32)
        return piece
