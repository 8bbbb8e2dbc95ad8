"""Columns from an object store: fetched once, by blocks, when named; stale versions leave the cache."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier

import numpy as np
import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.errors import InventoryError
from skybatch.inventory.columns.cached_file import BLOCK_BYTES
from skybatch.inventory.columns.column_store import (
    ROWS_LET_GO,
    STALE_SECONDS,
    cache_folder,
    remove_stale_versions,
)
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.sky.regions import Circle
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.format2 import publish_format2
from tests.support.survey.recording_tree import RecordingTree
from tests.support.survey.synthetic_survey import synthetic


def test_blocks_of_the_columns_that_are_named_are_fetched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path))
    tree, survey = RecordingTree(MemoryStore()), synthetic(300)
    publish(tree, survey, numbered=False, origin="test")
    region = Circle(float(survey.crval1[99]), float(survey.crval2[99]), 0.5)
    tree.ranges.clear()
    inventory = Inventory.open(tree, "asky")
    assert tree.ranges == []
    assert len(inventory.in_region(region, "overlap"))
    assert tree.files_read == {f"{name}.npy" for name in ("zones", "key", "crval", "rot", "grid", "grids")}
    tree.ranges.clear()
    sets = np.array([5, 6, 6000, 7])
    found = inventory.details(sets)
    assert tree.ranges == []
    assert set(found.coadd_key.tolist()) <= set(survey.coadd_key.tolist())
    assert len(found.magzp["k"]) == 4
    assert tree.files_read == {"coadd_key.npy", "magzp.k.npy"}
    assert 0 < tree.bytes_read <= 4 * BLOCK_BYTES
    tree.ranges.clear()
    again = Inventory.open(tree, "asky")
    assert np.array_equal(again.details(sets).magzp["k"], found.magzp["k"])
    assert len(again.in_region(region, "overlap"))
    assert tree.ranges == []


def mapped_kilobytes(tree: Path, name: str) -> int:
    """What this process holds in memory of a mapped file of this name below a tree."""
    found = re.findall(
        rf"{re.escape(str(tree))}/.*/{name}\n(?:.*\n)*?Rss: +(\d+) kB", Path("/proc/self/smaps").read_text()
    )
    return sum(map(int, found))


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells")
@pytest.mark.parametrize(("name", "version"), [("records.npy", 2), ("coadd_key.npy", 3)])
def test_chunks_of_a_search_of_everything_do_not_stay_in_memory(
    tmp_path: Path, name: str, version: int
) -> None:
    tree = DirectoryTree(tmp_path)
    if version == 2:
        publish_format2(tree, synthetic(3000))
    else:
        publish(tree, synthetic(3000), numbered=False, origin="test")
    inventory = Inventory.open(tree, "asky")
    few = inventory.details(np.arange(0, inventory.size, 100)).coadd_key
    assert mapped_kilobytes(tmp_path, name) > 100
    chunk = inventory.details(np.arange(ROWS_LET_GO)).coadd_key
    assert mapped_kilobytes(tmp_path, name) == 0
    assert np.array_equal(chunk[::100], few[: ROWS_LET_GO // 100])
    assert np.array_equal(inventory.details(np.arange(10)).coadd_key, chunk[:10])


@dataclass(frozen=True)
class MeetingTree(BucketTree):
    """A tree whose reads of columns wait for each other."""

    names: tuple[str, ...] = ()
    together: Barrier = field(default_factory=lambda: Barrier(1))

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        if path.rsplit("/", 1)[1].removesuffix(".npy") in self.names:
            self.together.wait(20)
        return super().read_ranges(path, starts, lengths)


@pytest.mark.parametrize("version", [2, 3])
def test_the_columns_of_a_look_up_are_fetched_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path))
    names = {2: ("crval1", "crval2", "crota2", "shape", "shapes"), 3: ("crval", "rot", "grid")}[version]
    tree, survey = MeetingTree(MemoryStore(), names=names, together=Barrier(len(names))), synthetic(300)
    if version == 2:
        publish_format2(tree, survey)
    else:
        publish(tree, survey, numbered=False, origin="test")
    region = Circle(float(survey.crval1[99]), float(survey.crval2[99]), 0.5)
    assert len(Inventory.open(tree, "asky").in_region(region, "overlap"))


def test_all_that_is_known_of_sets_is_fetched_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path))
    names = ("scan", "image", "magzp.j", "seesh.h", "bytes.image.k.fits.gz", "rot")
    tree = MeetingTree(MemoryStore(), names=names, together=Barrier(len(names)))
    survey = synthetic(300)
    publish(tree, survey, numbered=False, origin="test")
    sets = Inventory.open(tree, "asky").details([5, 9]).loaded()
    obstore.delete(tree.store, [entry.path for entry in tree.entries("inventory/")])
    assert sets.bytes["j"].all()
    assert type(sets) is ImageSets


def test_columns_that_are_named_are_fetched_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path))
    names = ("scan", "image", "date", *(f"bytes.image.{band}.fits.gz" for band in "jhk"), "crval")
    tree = MeetingTree(MemoryStore(), names=names, together=Barrier(len(names)))
    publish(tree, synthetic(300), numbered=False, origin="test")
    sets = Inventory.open(tree, "asky").details([5, 9]).fetched("scan", "image", "date", "bytes.image")
    obstore.delete(tree.store, [entry.path for entry in tree.entries("inventory/")])
    assert len(sets.date) == len(sets.scan) == 2
    assert sets.bytes["k"].all()
    with pytest.raises(InventoryError):
        len(sets.ut_date)


def test_versions_not_opened_lately_leave_the_cache(tmp_path: Path) -> None:
    long_ago = time.time() - STALE_SECONDS - 60
    for name in ("old", "fresh", "current"):
        (tmp_path / name).mkdir()
    for name in ("old", "current"):
        os.utime(tmp_path / name, (long_ago, long_ago))
    remove_stale_versions(tmp_path / "current")
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["current", "fresh"]
    remove_stale_versions(tmp_path / "nowhere" / "current")


def test_each_bucket_data_set_and_version_has_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path))
    a, b = BucketTree(MemoryStore(), "a"), BucketTree(MemoryStore(), "b")
    folders = {cache_folder(s, d, v) for s in (a, b) for d in ("asky", "sx") for v in ("1", "2")}
    assert len(folders) == 8
    assert all(folder.is_relative_to(tmp_path) for folder in folders)
