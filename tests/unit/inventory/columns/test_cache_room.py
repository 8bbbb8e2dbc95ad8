"""A full disk costs other versions their place in the cache, never a look-up its answer."""

from __future__ import annotations

import errno
import gc
import json
import os
import time
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from obstore.store import LocalStore

from skybatch.errors import InventoryError
from skybatch.inventory.columns.cache_room import release_where_full, with_room
from skybatch.inventory.publish import publish
from skybatch.storage.bucket_tree import BucketTree
from tests.support.machine.small_disk import run_on_small_disk
from tests.support.survey.synthetic_survey import synthetic

SOURCE = "0123456789abcdef"


class Disk:
    """A cache on a disk with room for so many bytes."""

    def __init__(self, root: Path, room: int) -> None:
        self.root, self.room = root, room

    def folder(self, name: str, *, bytes_held: int = 0, age: float = 0.0) -> Path:
        """Make a version's folder that was opened ``age`` seconds ago."""
        folder = self.root / SOURCE / "asky" / name
        folder.mkdir(parents=True)
        (folder / "key.npy").write_bytes(bytes(bytes_held))
        os.utime(folder, (time.time() - age,) * 2)
        return folder

    def write(self, path: Path, size: int) -> None:
        held = sum(file.stat().st_size for file in self.root.rglob("*") if file.is_file())
        if held + size > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        path.write_bytes(bytes(size))

    def versions(self) -> list[str]:
        return sorted(folder.name for folder in (self.root / SOURCE / "asky").iterdir())


def test_what_was_opened_longest_ago_goes_first_and_no_more_than_needed(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 100)
    for name, age in (("b", 30.0), ("a", 20.0), ("c", 10.0)):
        disk.folder(name, bytes_held=30, age=age)
    current = disk.folder("current", age=99.0)
    with_room(lambda: disk.write(current / "zone_key.npy", 20), current)
    assert disk.versions() == ["a", "c", "current"]
    with_room(lambda: disk.write(current / "records.npy", 60), current)
    assert disk.versions() == ["current"]


def test_without_room_at_all_the_disk_is_named(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 100)
    current = disk.folder("current")
    with pytest.raises(InventoryError, match=str(tmp_path)):
        with_room(lambda: disk.write(current / "key.npy", 101), current)


def test_other_errors_remove_nothing(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 100)
    disk.folder("other")
    current = disk.folder("current")

    def fail() -> None:
        raise PermissionError(errno.EACCES, "not yours")

    with pytest.raises(PermissionError):
        with_room(fail, current)
    assert disk.versions() == ["current", "other"]


def test_folders_of_others_stay(tmp_path: Path) -> None:
    """Wherever the cache was put, beside whatever lies there."""
    disk = Disk(tmp_path, 100)
    current = disk.folder("current")
    for path in ("documents/of/somebody/thesis.npy", f"{SOURCE}/asky/notes/thesis.txt"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(bytes(60))
    with pytest.raises(InventoryError):
        with_room(lambda: disk.write(current / "key.npy", 90), current)
    assert len(list(tmp_path.rglob("thesis.*"))) == 2


def test_open_inventories_are_let_go_so_that_their_files_leave_the_disk(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 100)
    current = disk.folder("current")

    @lru_cache(maxsize=8)
    def open_version(name: str) -> str:
        return name

    release_where_full(open_version)
    open_version("asky")
    with pytest.raises(InventoryError):
        with_room(lambda: disk.write(current / "key.npy", 101), current)
    assert open_version.cache_info().currsize == 0
    del open_version
    gc.collect()


# With "held" every inventory is kept open, as by a request that needs several; else the cache lets them go.
VERSIONS_IN_TURN = """
import json, sys
import numpy as np
from obstore.store import LocalStore
from skybatch.inventory.cache import open_inventories
from skybatch.storage.bucket_tree import BucketTree

opened = open_inventories(LocalStore(sys.argv[1]))
turns, held = json.loads(sys.argv[2]), {}
for number, version in enumerate(turns):
    inventory = held.get(version) or opened("asky", version)
    if sys.argv[4] == "held":
        held[version] = inventory
    found = inventory.details(np.arange(number, int(sys.argv[3]), 7 if number % 2 else 5000))
    print(json.dumps([version, found.coadd_key.tolist(), found.crval1.tolist()]))
"""


@pytest.mark.parametrize(("way", "versions_that_fit"), [("opened", 1.5), ("held", 2.2)])
def test_versions_in_turn_are_read_on_a_disk_that_does_not_hold_all(
    tmp_path: Path, way: str, versions_that_fit: float
) -> None:
    """On a disk that is full indeed, in one process."""
    archive, cache = tmp_path / "archive", tmp_path / "cache"
    archive.mkdir()
    cache.mkdir()
    tree = BucketTree(LocalStore(str(archive)))
    surveys = [synthetic(count) for count in (9000, 9100, 9200)]
    versions = [publish(tree, survey, numbered=False, origin="test") for survey in surveys]
    held = sum(file.stat().st_size for file in archive.rglob(f"{versions[0]}/*"))
    turns = [*versions, *versions, versions[0]]
    os.environ["SKYBATCH_CACHE"] = str(cache)
    try:
        said = run_on_small_disk(
            *(cache, int(held * versions_that_fit) >> 10),
            *(VERSIONS_IN_TURN, str(archive), json.dumps(turns), "9000", way),
        )
    finally:
        del os.environ["SKYBATCH_CACHE"]
    answers = [json.loads(line) for line in said.splitlines()]
    assert [answer[0] for answer in answers] == turns
    for version, keys, longitudes in answers:
        survey = surveys[versions.index(version)]
        by_key = dict(zip(survey.coadd_key.tolist(), survey.crval1.tolist(), strict=True))
        np.testing.assert_allclose([by_key[key] for key in keys], longitudes)
