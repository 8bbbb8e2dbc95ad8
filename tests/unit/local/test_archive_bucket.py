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
from skybatch.errors import InventoryError
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree

SCAN = "twomass/allsky/allsky/971031n/s096"


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
    assert len(said) == 4
    assert all(line.isprintable() for line in said)


@pytest.fixture
def archive(sky: Path, tmp_path: Path) -> Path:
    """A scan of the sample sky without an inventory."""
    root = tmp_path / "own"
    shutil.copytree(sky / SCAN, root / SCAN)
    return root


def uploaded(root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], list[str]]:
    """Keys that an upload makes, and what it says."""
    store, said = MemoryStore(), list[str]()
    monkeypatch.setattr("local.archive_bucket.emulator_bucket", lambda *_: store)
    upload_tree(Mock(), "archive", root, said.append)
    return {item["path"] for item in store.list().collect()}, said


def test_links_out_of_the_archive_are_named_and_not_followed(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = uploaded(archive, monkeypatch)
    secret = tmp_path / "secret"
    secret.mkdir()
    for name in ("key.fits", "more"):
        (secret / name).write_bytes(b"private")
    scan = archive / SCAN
    (scan / "image.fits").symlink_to(secret / "key.fits")
    (scan / "folder").symlink_to(secret)
    (scan / "absent.fits").symlink_to(tmp_path / "nowhere")
    (scan / "up").symlink_to("../../..")
    keys, said = uploaded(archive, monkeypatch)
    assert keys == before
    assert sorted(line.split("'")[1] for line in said) == [
        f"{SCAN}/{name}" for name in ("absent.fits", "folder", "image.fits")
    ]


def test_links_within_the_archive_are_followed(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = next(archive.rglob("*.fits.gz"))
    image.with_name("linked.fits.gz").symlink_to(image)
    keys, said = uploaded(archive, monkeypatch)
    assert image.with_name("linked.fits.gz").relative_to(archive).as_posix() in keys
    assert said == []


def test_images_behind_links_out_of_the_archive_are_not_indexed(
    archive: Path, sky: Path, tmp_path: Path
) -> None:
    night = (sky / SCAN).parent
    other = next(one for one in night.parent.iterdir() if one.name != night.name)
    (archive / SCAN).parent.with_name(other.name).symlink_to(other)
    (tmp_path / "scratch").mkdir()
    tree = indexed(archive, tmp_path / "scratch", lambda line: None)
    assert Inventory.open(DirectoryTree(tree), "asky").size == 2


def refused(root: Path, scratch: Path) -> str:
    scratch.mkdir()
    with pytest.raises((FileNotFoundError, InventoryError)) as error:
        indexed(root, scratch, print)
    return str(error.value)


@pytest.mark.parametrize(
    "inventory", ["nothing", "a file", "no data set", "no version", "no manifest", "garbage"]
)
def test_an_inventory_that_cannot_be_read_is_refused(archive: Path, tmp_path: Path, inventory: str) -> None:
    folder = archive / "inventory"
    if inventory == "nothing":
        shutil.rmtree(archive / "twomass")
        (archive / "twomass").mkdir()
    elif inventory == "a file":
        folder.write_bytes(b"")
    else:
        asky = folder / "asky"
        (folder if inventory == "no data set" else asky / "v1").mkdir(parents=True)
    if inventory in ("no manifest", "garbage"):
        (asky / "current").write_text("v1")
    if inventory == "garbage":
        (asky / "v1/manifest.json").write_text('{"x')
    assert "\n" not in refused(archive, tmp_path / "scratch")


def test_a_data_set_without_an_image_is_named_beside_others(archive: Path, tmp_path: Path) -> None:
    (archive / "twomass/full/full").mkdir(parents=True)
    (tmp_path / "scratch").mkdir()
    said: list[str] = []
    tree = indexed(archive, tmp_path / "scratch", said.append)
    assert Inventory.open(DirectoryTree(tree), "asky").size == 2
    assert [line for line in said if line.startswith("left out: ") and "askyw" in line]
