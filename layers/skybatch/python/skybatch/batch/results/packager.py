"""Packaging: stream the delivered images into one archive, with tables of what is missing and why.

Memory stays constant whatever the batch's size: images are read ahead, bounded in number and bytes, and
written on as they come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import obstore

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus
from skybatch.batch.execution import crop_packs
from skybatch.batch.execution.journal_writer import append_remaining
from skybatch.batch.file_names import IMAGES_FOLDER, delivered_path
from skybatch.batch.outcomes import decide_outcomes, row_outcomes, was_cancelled
from skybatch.batch.plan import Plan, Task
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.record import load_record, load_request
from skybatch.batch.results import tar_stream
from skybatch.batch.results.batch_results import BatchResults, ImageSetsByDataset
from skybatch.batch.results.companion_files import TEXT, companion_files
from skybatch.batch.results.generated_file import GeneratedFile
from skybatch.batch.results.tables import result_tables
from skybatch.batch.status import create_final, finished_status
from skybatch.batch.store import BatchStore
from skybatch.errors import Transient
from skybatch.status import BatchStatus, ResultFile

ARCHIVE = "images.tar"
README = "README.txt"
FOLDER_ID_DIGITS = 12

ReadImage: TypeAlias = Callable[[Task], tar_stream.Chunk]
WriteReadme: TypeAlias = Callable[[BatchResults], str]
"""Gives the text of ``README.txt``: text for people is written above this package."""


def package(
    store: BatchStore, plan: Plan, open_inventory: OpenInventory, write_readme: WriteReadme, now: float
) -> BatchStatus:
    """Decide the outcomes, write every result file, then the final status.

    Done twice, it writes the same again: results depend on plan and outcomes alone.
    """
    store.write_json(keys.PROGRESS, {**(store.read_json(keys.PROGRESS) or {}), "state": "packaging"})
    outcomes = decide_outcomes(store, plan)
    append_remaining(store, plan, {o.index: o.bytes for o in outcomes if o.status is ImageStatus.RETRIEVED})
    request = load_request(store)
    rows = row_outcomes(plan, outcomes, len(request.rows))
    results = BatchResults(load_record(store), request, plan, outcomes, rows, md5={})
    written = list(_write_results(store, _contents(store, results, open_inventory, write_readme)))
    status = finished_status(
        results.record,
        request,
        plan,
        outcomes,
        rows,
        written,
        cancelled=was_cancelled(outcomes, rows),
        now=now,
    )
    return create_final(store, status)


@dataclass(frozen=True)
class _Contents:
    """What the result files are made from, apart from the images."""

    results: BatchResults
    image_sets: ImageSetsByDataset
    readme: GeneratedFile
    upload: bytes | None

    def files(self, md5: Mapping[str, str]) -> list[GeneratedFile]:
        """README, tables and companion files; all but the README carry the images' checksums."""
        results = replace(self.results, md5=md5)
        described = [self.readme, *result_tables(results, self.image_sets)]
        return [*described, *companion_files(results, described, self.upload)]


def _contents(
    store: BatchStore, results: BatchResults, open_inventory: OpenInventory, write_readme: WriteReadme
) -> _Contents:
    upload = store.read(keys.result(results.record.upload)) if results.record.upload else None
    readme = GeneratedFile(README, write_readme(results).encode(), TEXT)
    return _Contents(results, results.image_sets(open_inventory), readme, upload)


def _write_results(store: BatchStore, contents: _Contents) -> Iterator[ResultFile]:
    """Write the archive, if there is any image, and every file beside it; yield what was written."""
    results = contents.results
    files: list[GeneratedFile] = []
    if results.retrieved:
        counted = tar_stream.CountedStream()
        chunks = counted.through(_archive(_reader(store, results), contents, files))
        store.upload(keys.result(ARCHIVE), chunks, "application/x-tar")
        yield ResultFile(ARCHIVE, counted.bytes, counted.md5, "application/x-tar")
    else:
        files += contents.files(md5={})
    for file in files:
        store.write(keys.result(file.name), file.body, file.media_type)
        yield ResultFile(file.name, len(file.body), file.md5, file.media_type)
    if results.record.upload and contents.upload is not None:
        upload = GeneratedFile(results.record.upload, contents.upload, "application/octet-stream")
        yield ResultFile(upload.name, len(upload.body), upload.md5, upload.media_type)


def _archive(read: ReadImage, contents: _Contents, files: list[GeneratedFile]) -> Iterator[tar_stream.Chunk]:
    """Yield the archive's chunks: README, images, then the files that have the images' checksums.

    The files beside the images are added to ``files`` for the caller, so that they are made only once.
    obstore pulls the chunks on a thread of its own runtime, where it cannot be called again; so what they
    need is read before.
    """
    folder = f"skybatch-{contents.results.record.batch_id[:FOLDER_ID_DIGITS]}"
    written = 0
    for chunk in _members(read, contents, folder, files):
        written += len(chunk)
        yield chunk
    yield tar_stream.end(written)


def _members(
    read: ReadImage, contents: _Contents, folder: str, files: list[GeneratedFile]
) -> Iterator[tar_stream.Chunk]:
    yield tar_stream.folder_entry(folder)
    yield from _member(folder, contents.readme)
    yield tar_stream.folder_entry(f"{folder}/{IMAGES_FOLDER}")
    md5: dict[str, str] = {}
    for task, body in _images(read, contents.results):
        md5[task.file] = _md5(body)
        yield tar_stream.file_entry(f"{folder}/{delivered_path(task.file)}", len(body))
        yield body
        yield tar_stream.padding(len(body))
    files += contents.files(md5)
    for file in files:
        if file is not contents.readme:
            yield from _member(folder, file)


def _images(read: ReadImage, results: BatchResults) -> Iterator[tuple[Task, tar_stream.Chunk]]:
    """Read the delivered images, in plan order."""
    wanted = tar_stream.read_ahead(results.retrieved, lambda item: item[1].bytes, lambda item: read(item[0]))
    for (task, outcome), body in wanted:
        if len(body) != outcome.bytes:
            raise Transient(f"{task.file} has {len(body)} bytes instead of {outcome.bytes}")
        yield task, body


def _reader(store: BatchStore, results: BatchResults) -> ReadImage:
    """Prepare to read the delivered images: small crops are read from their packs now, others one by one."""
    sizes = {task.file: outcome.bytes for task, outcome in results.retrieved}
    packed = crop_packs.read_packed_crops(store, sizes)

    def read(task: Task) -> tar_stream.Chunk:
        if task.file in packed:
            return bytes(packed.pop(task.file))
        return obstore.get(store.objects, store.path(keys.image(task.file))).bytes()

    return read


def _member(folder: str, file: GeneratedFile) -> Iterator[bytes]:
    yield tar_stream.file_entry(f"{folder}/{file.name}", len(file.body))
    yield file.body
    yield tar_stream.padding(len(file.body))


def _md5(body: tar_stream.Chunk) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
