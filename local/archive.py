"""Fill the emulator's archive bucket from a tree in the archive's layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.store import S3Store

from local.emulator import CREDENTIALS, REGION, Emulator
from skybatch.archive.index import IndexReport, index
from skybatch.storage.objects import DirectorySource
from skybatch.surveys.twomass.datasets import DATASETS, MISSION, dataset_prefix

UPLOADS_AT_A_TIME = 8
FOLDERS = (MISSION, "inventory")


def store_of(emulator: Emulator, bucket: str) -> S3Store:
    """The emulator's bucket as an object store."""
    return S3Store(
        bucket,
        endpoint=emulator.url,
        region=REGION,
        access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        client_options={"allow_http": True, "timeout": timedelta(seconds=60)},
    )


def upload_tree(emulator: Emulator, bucket: str, root: Path) -> tuple[int, int]:
    """Copy the images and inventories below ``root`` into a new bucket; answers (objects, bytes)."""
    files = [path for folder in FOLDERS for path in _files(root / folder)]
    emulator.client("s3").create_bucket(Bucket=bucket)
    store = store_of(emulator, bucket)

    def upload(path: Path) -> int:
        body = path.read_bytes()
        obstore.put(store, path.relative_to(root).as_posix(), body)
        return len(body)

    with ThreadPoolExecutor(UPLOADS_AT_A_TIME) as pool:
        return len(files), sum(pool.map(upload, files))


def indexed(root: Path, scratch: Path, say: Callable[[str], None]) -> Path:
    """A tree with an inventory: ``root`` itself if it has one, else one that borrows its images.

    The folder given may be read-only, so what the index adds goes below ``scratch``.
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
            _say_indexed(index(DirectorySource(borrowed), dataset), dataset, say)
    return borrowed


def _say_indexed(report: IndexReport, dataset: str, say: Callable[[str], None]) -> None:
    keys = f", {report.numbered} of them with coadd keys of our own making" if report.numbered else ""
    say(f"data set {dataset}: {report.sets} image sets, {report.images} Atlas images{keys}")
    for problem in report.problems:
        say(f"  left out: {problem}")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
