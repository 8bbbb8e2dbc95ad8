"""Versions of an inventory: whole or not there, and they stay what they are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.errors import InventoryError, NotFound
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.inventory.versions import versions
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.regions import Circle
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_type import ImageType
from tests.support.survey.described.four_bands import BANDS, four_band_sets, known_survey
from tests.support.survey.synthetic_survey import synthetic


@pytest.fixture(scope="module")
def survey() -> ImageSets:
    return synthetic(3000)


def test_a_rebuild_changes_nothing_for_those_who_hold_the_old_version(
    survey: ImageSets, tmp_path: Path
) -> None:
    tree = DirectoryTree(tmp_path)
    first = publish(tree, survey, numbered=False, origin="test")
    held = Inventory.open(tree, "asky")
    before = held.in_region(Circle(77, -3, 1.5), "overlap")
    second = publish(tree, survey.take(np.arange(0, len(survey), 2)), numbered=False, origin="test")
    assert Inventory.open(tree, "asky").version == second
    assert np.array_equal(
        Inventory.open(tree, "asky", first).in_region(Circle(77, -3, 1.5), "overlap"), before
    )
    assert np.array_equal(held.details(before).set_index, before)


def test_the_last_versions_are_kept_and_no_more(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    made = []
    for scans in range(1, 6):
        made.append(publish(tree, synthetic(scans), numbered=False, origin="test", keep=3))
        time.sleep(0.001)
    assert versions(tree, "asky") == made[-3:]
    assert Inventory.open(tree, "asky").version == made[-1]


def test_a_build_cut_off_at_any_write_leaves_the_old_version(tmp_path: Path) -> None:
    class Failing(DirectoryTree):
        writes = 0

        def write(self, path: str, data: bytes) -> None:
            Failing.writes -= 1
            if Failing.writes < 0:
                raise OSError("disk is full")
            super().write(path, data)

    tree = DirectoryTree(tmp_path)
    old = publish(tree, synthetic(2), numbered=False, origin="test")
    whole = publish(DirectoryTree(tmp_path / "whole"), synthetic(3), numbered=False, origin="test")
    files = len(list((tmp_path / "whole/inventory/asky" / whole).iterdir()))
    for upto in range(files + 1):
        Failing.writes = upto
        with pytest.raises(OSError):
            publish(Failing(tmp_path), synthetic(3), numbered=False, origin="test")
        assert Inventory.open(tree, "asky").version == old
        assert len(Inventory.open(tree, "asky").details(np.arange(46)).date) == 46
    Failing.writes = files + 1
    assert publish(Failing(tmp_path), synthetic(3), numbered=False, origin="test") != old


def test_what_does_not_read_back_never_becomes_current(tmp_path: Path) -> None:
    class Forgetful(DirectoryTree):
        def read(self, path: str) -> bytes:
            return super().read(path)[:-1] if path.endswith("rot.npy") else super().read(path)

    with pytest.raises(InventoryError, match=r"rot\.npy does not read back"):
        publish(Forgetful(tmp_path), synthetic(2), numbered=False, origin="test")
    with pytest.raises(InventoryError, match="no inventory of data set asky"):
        Inventory.open(DirectoryTree(tmp_path), "asky")


def test_two_sets_of_one_name_or_number_are_refused(tmp_path: Path) -> None:
    two = synthetic(1).take(np.array([0, 1]))
    with pytest.raises(InventoryError, match="repeat the coadd key"):
        publish(DirectoryTree(tmp_path), replace(two, coadd_key=np.array([7, 7])), numbered=False, origin="")
    with pytest.raises(InventoryError, match="repeat the date"):
        publish(DirectoryTree(tmp_path), replace(two, image=np.array([9, 9])), numbered=False, origin="")


@pytest.mark.parametrize(
    ("column", "value"), [("scan", 1000), ("image", 10_000), ("coadd_key", 2**31), ("header_blocks", -1)]
)
def test_numbers_that_a_record_cannot_hold_are_refused(tmp_path: Path, column: str, value: int) -> None:
    changes: dict[str, Any] = {column: np.array([value])}
    one = replace(synthetic(1).take(np.array([0])), **changes)
    with pytest.raises(InventoryError, match=f"{column} from {value} to {value}"):
        publish(DirectoryTree(tmp_path), one, numbered=False, origin="test")


def test_absent_and_broken_inventories_are_named(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    with pytest.raises(NotFound, match="unknown data set 'nope'"):
        Inventory.open(tree, "nope")
    with pytest.raises(InventoryError, match="no inventory of data set sx"):
        Inventory.open(tree, "sx")
    version = publish(tree, synthetic(2), numbered=False, origin="test")
    with pytest.raises(InventoryError, match="version 1999 of the inventory of asky is not complete"):
        Inventory.open(tree, "asky", "1999")
    (tmp_path / "inventory/asky" / version / "crval.npy").write_bytes(b"short")
    with pytest.raises(InventoryError, match=r"crval\.npy is not the file"):
        Inventory.open(tree, "asky").pixel_positions([0], [0.0], [0.0])


def test_a_version_gone_from_the_store_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path))
    store = MemoryStore()
    version = publish(BucketTree(store), synthetic(2), numbered=False, origin="test")
    inventory = Inventory.open(BucketTree(store), "asky")
    obstore.delete(store, f"inventory/asky/{version}/zones.npy")
    with pytest.raises(InventoryError, match="gone"):
        inventory.in_region(Circle(0, 0, 3.5), "overlap")


def test_an_empty_inventory_answers(tmp_path: Path) -> None:
    publish(DirectoryTree(tmp_path), synthetic(1).take(np.zeros(0, dtype=int)), numbered=False, origin="test")
    inventory = Inventory.open(DirectoryTree(tmp_path), "asky")
    assert len(inventory.in_region(Circle(0, 0, 3.5), "overlap")) == 0
    assert len(inventory.positions([1.0], [2.0])) == 0
    assert inventory.by_coadd_key([1]).tolist() == [-1]
    assert len(inventory.by_scan(["990101"], ["n"], [1])) == 0
    assert len(inventory.details([])) == 0


@pytest.fixture
def quad(tmp_path: Path) -> Iterator[Inventory]:
    with known_survey():
        publish(DirectoryTree(tmp_path), four_band_sets(900), numbered=False, origin="test")
        yield Inventory.open(DirectoryTree(tmp_path), "quad")


def test_a_survey_of_other_bands_fields_and_columns_is_kept(quad: Inventory) -> None:
    given: Any = four_band_sets(900)
    ids = [f"{tile}_{part}" for tile, part in zip(given.tile, given.part, strict=True)]
    found = quad.details(quad.by_image_id(ids).set_index)
    for sets in (found, found.loaded(), found.take(np.arange(900))):
        assert (sets.frame, len(sets)) == (ImageFrame.ICRS, 900)
        for name in ("tile", "part", "depth", "crval1", "crota2", "naxis1", "header_blocks"):
            assert np.array_equal(getattr(sets, name), getattr(given, name)), name
        for name in ("zero", "frames", "chip", "bytes", "suffix", "tiled_bytes"):
            for band in BANDS:
                assert np.array_equal(getattr(sets, name)[band], getattr(given, name)[band]), name
        assert np.array_equal(sets.held(ImageType.ATLAS, "z"), given.bytes["z"] > 0)
    assert dict(found.image_id(5, "r").fields) == {"tile": given.tile[5], "part": given.part[5]}
    assert len(quad.by_image_id(["0000p000_77"])) == 0


def test_its_images_are_found_by_place(quad: Inventory) -> None:
    given: Any = four_band_sets(900)
    found = quad.positions(given.crval1[::50], given.crval2[::50], best=True)
    details: Any = quad.details(found.set_index)
    assert details.tile.tolist() == given.tile[::50].tolist()
    assert np.abs(found.x - (given.naxis1[0] + 1) / 2).max() < 1e-6


def test_sets_of_one_identifier_are_refused(tmp_path: Path) -> None:
    with known_survey():
        twice = four_band_sets(2).take(np.array([0, 1, 1]))
        with pytest.raises(InventoryError, match="repeat the tile, part"):
            publish(DirectoryTree(tmp_path), twice, numbered=False, origin="test")
