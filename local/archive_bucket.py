"""Fill the emulator's archive bucket from a tree in the archive's layout."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.store import S3Store

from local.emulator import CREDENTIALS, REGION, Emulator
from skybatch.archive.index import IndexReport, index
from skybatch.concurrency import parallel_map
from skybatch.errors import InventoryError
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.s3 import Connection, connect
from skybatch.surveys.image_id import dataset_prefix
from skybatch.surveys.twomass.datasets import DATASETS, MISSION

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


def upload_tree(
    emulator: Emulator,
    bucket: str,
    root: Path,
    say: Callable[[str], None],
    folders: tuple[str, ...] = FOLDERS,
    *,
    linked: bool = False,
) -> tuple[int, int]:
    """Copy the images and inventories below ``root`` into a new bucket; return (objects, bytes).

    ``folders`` are those of the tree that are copied, an empty name stands for all. A ``linked`` tree is
    one of links that were made to be copied.

    Files whose names can be no key of the store, such as those with a line break, are left out and named,
    and so are links that lead out of the tree: whoever can ask for an image could ask for their targets.
    """
    for link in () if linked else links_out(root, folders):
        say(f"  left out: {link!a}, a link out of the archive")
    files = []
    tree = DirectoryTree(root, confined=not linked)
    for path in (entry.path for folder in folders for entry in tree.entries(f"{folder}/" if folder else "")):
        if not path.isprintable():
            say(f"  left out: {path!a}, a name that no object can have")
        elif not (root / path).is_file():
            say(f"  left out: {path}, a link to nothing")
        else:
            files.append(path)
    emulator.client("s3").create_bucket(Bucket=bucket)
    store = emulator_bucket(emulator, bucket)

    def upload(path: str) -> int:
        obstore.put(store, path, root / path)  # in parts, whatever its size
        return (root / path).stat().st_size

    return len(files), sum(parallel_map(upload, files, CONCURRENT_UPLOADS))


def open_to_anybody(emulator: Emulator, bucket: str) -> None:
    """Let anybody read the objects of a bucket, as public ones do; the emulator asks with ``AUTH=true``."""
    s3 = emulator.client("s3")
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    statement = {**allowed, "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def indexed(root: Path, scratch: Path, say: Callable[[str], None]) -> Path:
    """Return a tree with an inventory: ``root`` if it has one, else one that links to its images.

    The given folder may be read-only, so the index is written below ``scratch``. Raises FileNotFoundError
    for a folder that is no archive, InventoryError for one without a data set that can be served.
    """
    if not (root / MISSION).is_dir():
        raise FileNotFoundError(f"{root} is no archive: it has no folder {MISSION}")
    if (root / "inventory").exists():
        _check_inventories(root)
        return root
    borrowed = scratch / "archive"
    borrowed.mkdir()
    (borrowed / MISSION).symlink_to(root / MISSION, target_is_directory=True)
    there = [dataset for dataset in DATASETS if (borrowed / dataset_prefix(dataset)).is_dir()]
    refusals = [refusal for dataset in there if (refusal := _index(borrowed, dataset, say))]
    if len(refusals) == len(there):
        folders = ", ".join(dataset_prefix(dataset) for dataset in DATASETS)
        raise InventoryError(f"{root} holds no image: {refusals[0] if refusals else f'none of {folders}'}")
    for refusal in refusals:
        say(f"left out: {refusal}")
    return borrowed


def _check_inventories(root: Path) -> None:
    """Open each inventory of a tree. Raises InventoryError for one that is not whole, or where is none."""
    found = [dataset for dataset in DATASETS if (root / "inventory" / dataset).is_dir()]
    if not found:
        raise InventoryError(f"{root / 'inventory'} has no inventory of {', '.join(DATASETS)}")
    for dataset in found:
        Inventory.open(_tree(root), dataset)


def _index(root: Path, dataset: str, say: Callable[[str], None]) -> str:
    """Index a data set; return why it cannot be, or nothing."""
    try:
        _say_indexed(index(_tree(root), dataset), dataset, say)
    except InventoryError as error:
        return error.detail
    return ""


def _say_indexed(report: IndexReport, dataset: str, say: Callable[[str], None]) -> None:
    keys = f", {report.numbered} of them with coadd keys of our own making" if report.numbered else ""
    say(f"data set {dataset}: {report.sets} image sets, {report.images} Atlas images{keys}")
    for problem in report.problems:
        say(f"  left out: {problem}")


def _tree(root: Path) -> DirectoryTree:
    return DirectoryTree(root, confined=True)


def links_out(root: Path, folders: tuple[str, ...] = FOLDERS) -> list[str]:
    """List the links below the folders of an archive that lead out of the folder they lie in, as paths."""
    found = []
    for folder in folders:
        inside = (root / folder).resolve()
        for parent, below, files in os.walk(inside):
            links = [Path(parent, name) for name in (*below, *files) if Path(parent, name).is_symlink()]
            outside = [link for link in links if not _target(link).is_relative_to(inside)]
            found += [Path(folder, link.relative_to(inside)).as_posix() for link in outside]
    return sorted(found)


def _target(link: Path) -> Path:
    try:
        return link.resolve()
    except (OSError, RuntimeError):  # links in a circle lead nowhere
        return link
