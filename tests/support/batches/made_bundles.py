"""Bundles as a worker writes them, of made-up files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skybatch.batch import keys
from skybatch.batch.execution.bundle_accounts import ATTEMPTS
from skybatch.batch.execution.stretches import PlannedBundle, load_stretches
from skybatch.batch.file_names import archive_path, delivered_path
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.bundles.bundle_format import FailedTask
from skybatch.bundles.bundle_writer import BundleWriter


def made_bundle(
    store: BatchStore,
    files: Mapping[Task, bytes],
    failures: Iterable[FailedTask] = (),
    previews: Mapping[Task, bytes] | None = None,
) -> BundleWriter:
    """A bundle of these files and failures."""
    writer = BundleWriter()
    for task, body in files.items():
        path = archive_path(store.batch_id, delivered_path(task.file))
        writer.add_file(task.index, path, body, (previews or {}).get(task))
    for failed in failures:
        writer.add_failure(failed.number, failed.code, failed.reason)
    return writer


def put_bundle(store: BatchStore, name: str, writer: BundleWriter) -> bool:
    """Write it unless it is there, as a worker does."""
    return store.create(keys.bundle(name), b"".join(writer.pieces()))


def put_results(store: BatchStore, files: Mapping[Task, bytes], failures: Iterable[FailedTask] = ()) -> None:
    """Write results of tasks in objects that their stretches plan for them: whole bundles, else pieces."""
    bundles = [bundle for stretch in load_stretches(store) for bundle in stretch.bundles]
    by_number = {number: bundle for bundle in bundles for number in bundle.tasks}
    failed = {failure.number: failure for failure in failures}
    done = {task.index: task for task in files}
    for bundle in dict.fromkeys(by_number[number] for number in (*done, *failed)):
        numbers = [number for number in bundle.tasks if number in done or number in failed]
        if not _put(store, bundle.name, files, done, failed, numbers):
            _put_pieces(store, bundle, files, done, failed)


def _put_pieces(
    store: BatchStore,
    bundle: PlannedBundle,
    files: Mapping[Task, bytes],
    done: Mapping[int, Task],
    failed: Mapping[int, FailedTask],
) -> None:
    for source, group in enumerate(bundle.numbers):
        numbers = [number for number in group if number in done or number in failed]
        names = (bundle.piece_name(source, attempt) for attempt in ATTEMPTS)
        if numbers:
            any(_put(store, name, files, done, failed, numbers) for name in names)


def _put(
    store: BatchStore,
    name: str,
    files: Mapping[Task, bytes],
    done: Mapping[int, Task],
    failed: Mapping[int, FailedTask],
    numbers: Iterable[int],
) -> bool:
    listed = list(numbers)
    bodies = {done[number]: files[done[number]] for number in listed if number in done}
    reasons = [failed[number] for number in listed if number in failed]
    return put_bundle(store, name, made_bundle(store, bodies, reasons))
