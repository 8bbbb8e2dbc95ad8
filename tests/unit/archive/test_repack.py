"""An archive repacked into tiles: what is written, how it goes on after a stop, and what is never lost."""

from __future__ import annotations

import gzip
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.lib.recfunctions
import pytest
from astropy.io import fits
from obstore.store import MemoryStore

from skybatch.archive.index import index
from skybatch.archive.repack import repack
from skybatch.cli import main
from skybatch.errors import InventoryError
from skybatch.fits.tiles.gzip2_reader import decompress_tiled
from skybatch.inventory import publish, versions
from skybatch.inventory.column_types import RECORD_WITHOUT_TILES
from skybatch.inventory.inventory import Inventory
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.trees import Tree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key, parse_key, quicklook_key
from tests.support.images.fits_files import gzipped, make_image
from tests.support.survey.format2 import publish_format2

FIRST = ImageId("askyw", "980321", "n", 106, 9, "j")
NUMBERS = (9, 21, 33)


def image(number: int) -> ImageId:
    return replace(FIRST, image=number)


def plain(number: int) -> bytes:
    return make_image(nx=64, ny=96, seed=number, dec=20 + number / 40, cards={"SCANNO": 106})


def key(number: int, suffix: str = ".fits.gz") -> str:
    return atlas_key(image(number), suffix)


def fill(tree: Tree, numbers: tuple[int, ...] = NUMBERS) -> None:
    for number in numbers:
        tree.write(key(number), gzipped(plain(number)))


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    source = DirectoryTree(tmp_path)
    fill(source)
    return source


def stored(tree: Tree) -> set[str]:
    return {entry.path.rsplit("/", 1)[-1] for entry in tree.entries("twomass/")}


def test_tiles_stand_beside_and_the_inventory_knows_where(tree: DirectoryTree) -> None:
    before = index(tree, "askyw")
    done: list[int] = []
    report = repack(tree, "askyw", processes=1, progress=done.append)
    assert (report.packed, report.present, report.removed, report.problems) == (3, 0, 0, ())
    assert sum(done) == 3
    assert report.version == Inventory.open(tree, "askyw").version != before.version
    details = Inventory.open(tree, "askyw").details(np.arange(3))
    for i, number in enumerate(details.image.tolist()):
        file = tree.read(key(number, ".fits.fz"))
        assert decompress_tiled(file) == plain(number)
        tiles = details.tiles(i, "j")
        assert tiles is not None
        with fits.open(io.BytesIO(file)) as hdus:
            info = hdus[1].fileinfo() if hasattr(hdus[1], "fileinfo") else hdus.fileinfo(1)
            assert info["datLoc"] == tiles.table
        assert (tiles.size, tiles.heap) == (len(file), tiles.table + 8 * 3)
        assert details.suffix["j"][i] == ".fits.gz"
        assert details.bytes["j"][i] == len(tree.read(key(number)))
        assert details.tiles(i, "h") is None
    originals = sum(len(tree.read(key(number))) for number in NUMBERS)
    assert report.original_bytes == originals
    assert report.dollars_saved(1.0) == pytest.approx((originals - report.tiled_bytes) / 1e9)


def test_an_index_finds_both_forms_and_import_and_repack_agree(tree: DirectoryTree) -> None:
    index(tree, "askyw")
    repack(tree, "askyw", processes=1)
    by_repack = Inventory.open(tree, "askyw").details(np.arange(3))
    report = index(tree, "askyw")
    assert (report.images, report.problems) == (3, ())
    by_index = Inventory.open(tree, "askyw").details(np.arange(3))
    for name in ("tiled_bytes", "tile_table", "tile_heap", "bytes"):
        assert getattr(by_index, name)["j"].tolist() == getattr(by_repack, name)["j"].tolist(), name


def test_instead_removes_the_others_once_the_inventory_says_so(tree: DirectoryTree) -> None:
    index(tree, "askyw")
    report = repack(tree, "askyw", delete_originals=True, processes=1)
    assert report.removed == 3
    assert stored(tree) == {key(number, ".fits.fz").rsplit("/", 1)[-1] for number in NUMBERS}
    details = Inventory.open(tree, "askyw").details(np.arange(3))
    assert set(details.suffix["j"]) == {".fits.fz"}
    assert details.bytes["j"].tolist() == details.tiled_bytes["j"].tolist()
    again = repack(tree, "askyw", delete_originals=True, processes=1)
    assert (again.packed, again.present, again.removed) == (0, 3, 0)
    assert index(tree, "askyw").problems == ()
    assert set(Inventory.open(tree, "askyw").details(np.arange(3)).suffix["j"]) == {".fits.fz"}


def test_a_damaged_tiled_form_is_made_anew_before_its_original_goes(tree: DirectoryTree) -> None:
    index(tree, "askyw")
    repack(tree, "askyw", processes=1)
    damaged = bytearray(tree.read(key(21, ".fits.fz")))
    damaged[-3000] ^= 1
    tree.write(key(21, ".fits.fz"), bytes(damaged))
    report = repack(tree, "askyw", delete_originals=True, processes=1)
    assert (report.packed, report.present, report.removed) == (1, 2, 3)
    assert decompress_tiled(tree.read(key(21, ".fits.fz"))) == plain(21)


def test_what_cannot_be_packed_is_named_and_kept(tree: DirectoryTree) -> None:
    tree.write(key(45), gzipped(plain(45))[:-500])
    tree.write(key(57), gzipped(make_image(nx=64, ny=96, bitpix=16)))
    index(tree, "askyw")
    report = repack(tree, "askyw", delete_originals=True, processes=1)
    assert {problem.place for problem in report.problems} == {key(45), key(57)}
    assert {"ji1060045.fits.gz", "ji1060057.fits.gz"} <= stored(tree)
    assert report.removed == 3


class Broken(DirectoryTree):
    """Fails after some writes of images."""

    left = 0

    def write(self, path: str, data: bytes) -> None:
        if path.endswith(".fz"):
            Broken.left -= 1
            if Broken.left < 0:
                raise OSError("network is gone")
        super().write(path, data)


def test_a_run_that_was_stopped_goes_on_where_it_was(tree: DirectoryTree, tmp_path: Path) -> None:
    fill(tree, tuple(range(40, 52)))
    old = index(tree, "askyw").version
    Broken.left = 6
    with pytest.raises(OSError, match="network"):
        repack(Broken(tmp_path), "askyw", processes=1, checkpoint_images=2)
    assert Inventory.open(tree, "askyw").version == old
    assert list((tmp_path / "inventory/askyw/repack").glob("*.npy"))
    there = sum(name.endswith(".fz") for name in stored(tree))
    report = repack(tree, "askyw", processes=1)
    assert there == 6
    assert (report.packed, report.present) == (15 - there, there)
    assert not list((tmp_path / "inventory/askyw/repack").glob("*.npy"))
    details = Inventory.open(tree, "askyw").details(np.arange(15))
    assert details.tiled_bytes["j"].all()
    assert "repack" not in versions.versions(tree, "askyw")


def test_a_bucket_is_repacked_without_an_inventory_too(tmp_path: Path) -> None:
    bucket = BucketTree(MemoryStore(), "some/prefix")
    fill(bucket)
    assert repack(bucket, "askyw", processes=1).version == ""
    assert index(bucket, "askyw").images == 3
    assert decompress_tiled(bucket.read(key(9, ".fits.fz"))) == plain(9)


def test_quicklooks_in_tiles_are_made_from_the_atlas_image(tree: DirectoryTree) -> None:
    tree.write(quicklook_key(image(9)), b"of the original program")
    index(tree, "askyw")
    report = repack(tree, "askyw", quicklooks=True, delete_originals=True, processes=1)
    assert (report.quicklooks, report.removed) == (3, 4)
    details = Inventory.open(tree, "askyw").details(np.arange(3))
    assert set(details.quicklook_suffix["j"]) == {".fits.fz"}
    for number in NUMBERS:
        with fits.open(io.BytesIO(tree.read(quicklook_key(image(number), ".fits.fz")))) as hdus:
            drawn = hdus[1].data
        with fits.open(io.BytesIO(plain(number))) as hdus:
            wanted = np.nan_to_num(hdus[0].data)
        assert np.abs(drawn - wanted).max() < 6  # scale 4 keeps pixels to within a few units


def test_an_inventory_of_the_first_format_is_read_and_of_a_later_one_refused(
    tree: DirectoryTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(tree, "askyw")
    sets = Inventory.open(tree, "askyw").details(np.arange(3))
    publish_format2(tree, sets, records=RECORD_WITHOUT_TILES)
    details = Inventory.open(tree, "askyw").details(np.arange(3))
    assert details.bytes["j"].all()
    assert not details.tiled_bytes["j"].any()
    monkeypatch.setattr(publish, "FORMAT", 99)
    index(tree, "askyw")
    with pytest.raises(InventoryError, match="format 99"):
        Inventory.open(tree, "askyw")


def test_the_command_tells_bytes_and_cost(
    tree: DirectoryTree, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index(tree, "askyw")
    assert main(["archive", "repack", str(tmp_path), "--dataset", "askyw", "--processes", "1"]) == 0
    said = capsys.readouterr().out
    assert "3 images compressed" in said
    assert re.search(r"\$-?\d+\.\d\d per month", said)


def test_genuine_images_come_out_as_they_were(survey_data: Path, tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    paths = sorted((survey_data / "archive").rglob("*.fits.gz"))[:4]
    for path in paths:
        tree.write(path.relative_to(survey_data / "archive").as_posix(), path.read_bytes())
    report = repack(tree, "askyw", processes=2)
    assert report.tiled_bytes < 0.85 * report.original_bytes
    for path in paths:
        found, _, _ = parse_key(path.as_posix())
        if found.dataset == "askyw":
            packed = tree.read(atlas_key(found, ".fits.fz"))
            assert decompress_tiled(packed) == gzip.decompress(path.read_bytes())
