"""Fill the emulator's archive bucket from a tree in the archive's layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.store import S3Store

from local.emulator import CREDENTIALS, REGION, Emulator
from skybatch.archive.index import IndexReport, index
from skybatch.concurrency import parallel_map
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.s3 import Connection, connect
from skybatch.surveys.twomass.datasets import DATASETS, MISSION, dataset_prefix

CONCURRENT_UPLOADS = 8
FOLDERS = (MISSION, "inventory")


def emulator_bucket(emulator: Emulator, bucket: str) -> S3Store:
    """Open a bucket of the emulator as an object store."""
    connection = Connection(
        endpoint=emulator.url,
        config={
            "region": REGION,
            "access_key_id": CREDENTIALS["AWS_ACCESS_KEY_ID"],
            "secret_access_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        },
        timeout=timedelta(seconds=60),
    )
    return connect(bucket, connection)


def upload_tree(emulator: Emulator, bucket: str, root: Path, say: Callable[[str], None]) -> tuple[int, int]:
    """Copy the images and inventories below ``root`` into a new bucket; return (objects, bytes).

    Files whose names can be no key of the store, such as those with a line break, are left out and named.
    """
    files = []
    for path in (path for folder in FOLDERS for path in _files(root / folder)):
        if path.relative_to(root).as_posix().isprintable():
            files.append(path)
        else:
            say(f"  left out: {path.relative_to(root).as_posix()!a}, a name that no object can have")
    emulator.client("s3").create_bucket(Bucket=bucket)
    store = emulator_bucket(emulator, bucket)

    def upload(path: Path) -> int:
        body = path.read_bytes()
        obstore.put(store, path.relative_to(root).as_posix(), body)
        return len(body)

    return len(files), sum(parallel_map(upload, files, CONCURRENT_UPLOADS))


def indexed(root: Path, scratch: Path, say: Callable[[str], None]) -> Path:
    """Return a tree with an inventory: ``root`` if it has one, else one that links to its images.

    The given folder may be read-only, so the index is written below ``scratch``.
    """
    if not (root / MISSION).is_dir():
        raise FileNotFoundError(f"{root} is no archive: it has no folder {MISSION}")
    if (root / "inventory").is_dir():
        return root
    borrowed = scratch / "archive"
    borrowed.mkdir()
    (borrowed / MISSION).symlink_to(root / MISSION, target_is_directory=True)
    for dataset in DATASETS:
        if (borrowed / dataset_prefix(dataset)).is_dir():
            _say_indexed(index(DirectoryTree(borrowed), dataset), dataset, say)
    return borrowed


def _say_indexed(report: IndexReport, dataset: str, say: Callable[[str], None]) -> None:
    keys = f", {report.numbered} of them with coadd keys of our own making" if report.numbered else ""
    say(f"data set {dataset}: {report.sets} image sets, {report.images} Atlas images{keys}")
    for problem in report.problems:
        say(f"  left out: {problem}")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
