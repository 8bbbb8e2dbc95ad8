"""A tree without an inventory gets one beside it, and stays untouched itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from obstore.store import MemoryStore

from local.archive_bucket import indexed, upload_tree
from local.synthetic.archive import make_synthetic_archive
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sky")
    assert make_synthetic_archive(root, few=True) == 42
    return root


def test_the_sample_skys_inventory_answers_the_founding_examples(sky: Path) -> None:
    inventory = Inventory.open(DirectoryTree(sky), "asky")
    assert (inventory.by_coadd_key([1590591, 1590590, 1230312, 699387]) >= 0).all()
    match = inventory.positions([65.497627], [19.535070])
    assert np.round(match.edge_distance).tolist() == [60.0, 24.0]
    assert len(inventory.by_scan(["971031"], ["n"], [96], 197)) == 1


def test_the_inventory_tells_the_files_true_sizes(sky: Path) -> None:
    details = Inventory.open(DirectoryTree(sky), "asky")
    sets = details.details(np.arange(details.size))
    files = {path.name: path.stat().st_size for path in sky.rglob("twomass/**/*.fits*")}
    for band in "jhk":
        for number in range(len(sets)):
            stem = sets.image_id(number, band).stem
            assert sets.bytes[band][number] == files[f"{stem}{sets.suffix[band][number]}"]
            assert sets.quicklook_bytes[band][number] == files[f"{stem}{sets.quicklook_suffix[band][number]}"]


def test_a_tree_of_ones_own_is_indexed_beside_itself(sky: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(sky / "twomass" / "allsky" / "allsky" / "971031n", own / "twomass/allsky/allsky/971031n")
    before = sorted(own.rglob("*"))
    said: list[str] = []
    (tmp_path / "scratch").mkdir()
    tree = indexed(own, tmp_path / "scratch", said.append)
    assert sorted(own.rglob("*")) == before
    assert Inventory.open(DirectoryTree(tree), "asky").size == 2
    assert said == [
        "data set asky: 2 image sets, 6 Atlas images, 2 of them with coadd keys of our own making"
    ]


def test_a_tree_with_an_inventory_is_taken_as_it_is(sky: Path, tmp_path: Path) -> None:
    assert indexed(sky, tmp_path, print) == sky


def test_a_folder_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no folder twomass"):
        indexed(tmp_path, tmp_path, print)


def test_a_file_that_no_object_can_be_named_after_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "twomass"
    folder.mkdir()
    (folder / "good.fits").write_bytes(b"12345")
    for name in (b"line\nbreak.fits", b"delete\x7f.fits", b"no utf-8 \xff.fits"):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_bytes(b"x")
    (folder / "dangling.fits").symlink_to("nowhere")
    store = MemoryStore()
    monkeypatch.setattr("local.archive_bucket.emulator_bucket", lambda *_: store)
    said: list[str] = []
    assert upload_tree(Mock(), "archive", tmp_path, said.append) == (1, 5)
    assert [item["path"] for item in store.list().collect()] == ["twomass/good.fits"]
    assert len(said) == 3
    assert all(line.isprintable() for line in said)
