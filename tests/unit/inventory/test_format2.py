"""Inventories of format 2 answer as those of format 3 do, to the last bit and in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from obstore.store import MemoryStore

from skybatch.inventory.column_types import RECORD_WITHOUT_TILES
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.sky.regions import Box, Circle, Relation, SkyRegion
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.trees import Tree
from tests.support.survey.format2 import publish_format2
from tests.support.survey.image_sets import sample_image_sets
from tests.support.survey.synthetic_survey import synthetic

RELATIONS: tuple[Relation, ...] = ("overlap", "cover", "enclosed", "center")
Pair = tuple[Inventory, Inventory]


@pytest.fixture(scope="module", params=["synthetic", "sample"])
def sets(request: pytest.FixtureRequest) -> ImageSets:
    if request.param == "synthetic":
        return synthetic(1500)
    # Of three images one is absent; of the others every second has tiles, and every fourth nothing else.
    number = np.arange(200)
    size = {band: number % 3 * 1000 + (band == "h") * (number % 3 > 0) for band in "jhk"}
    tiled = {band: np.where((size[band] > 0) & (number % 2 == 1), 77, 0) for band in "jhk"}
    heap = {band: np.where(tiled[band] > 0, 9, 0) for band in "jhk"}
    alone = {band: (tiled[band] > 0) & (number % 4 == 3) for band in "jhk"}
    usual = np.where(number % 8 < 4, ".fits", ".fits.gz")
    suffix = {
        b: np.where(size[b] == 0, "", np.where(alone[b], ".fits.fz", usual)).astype(object) for b in "jhk"
    }
    size = {band: np.where(alone[band], tiled[band], size[band]) for band in "jhk"}
    magzp = {band: np.where(np.arange(200) % 5 == 0, np.nan, 20.5) for band in "jhk"}
    given: dict[str, Any] = {"bytes": size, "suffix": suffix, "tiled_bytes": tiled, "magzp": magzp}
    return sample_image_sets(200, "asky", tile_heap=heap, tile_table=heap, **given)


@pytest.fixture(scope="module", params=["directory", "bucket"])
def both(
    request: pytest.FixtureRequest, sets: ImageSets, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    trees: list[Tree] = [
        DirectoryTree(tmp_path_factory.mktemp("tree"))
        if request.param == "directory"
        else BucketTree(MemoryStore())
        for _ in range(2)
    ]
    publish_format2(trees[0], sets)
    publish(trees[1], sets, numbered=False, origin="test")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKYBATCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield Inventory.open(trees[0], "asky"), Inventory.open(trees[1], "asky")


def assert_equal(one: Any, other: Any) -> None:
    for field in fields(one):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(ours, dict):
            assert list(ours) == list(theirs)
            for band in ours:
                np.testing.assert_array_equal(ours[band], theirs[band], err_msg=f"{field.name} {band}")
                assert ours[band].dtype == theirs[band].dtype
        else:
            np.testing.assert_array_equal(ours, theirs, err_msg=field.name)
            assert getattr(ours, "dtype", None) == getattr(theirs, "dtype", None), field.name


def test_regions_and_positions_are_the_same(both: Pair, sets: ImageSets) -> None:
    rng = np.random.default_rng(3)
    chosen = rng.integers(0, len(sets), 60)
    ra, dec = sets.crval1[chosen], np.clip(sets.crval2[chosen] + rng.normal(0, 0.1, 60), -90, 90)
    regions: list[SkyRegion] = [
        *(Circle(a, d, r) for a, d, r in zip(ra[:20], dec[:20], rng.uniform(0.02, 3.5, 20), strict=True)),
        *(Box(a, d, w, 1.0) for a, d, w in zip(ra[20:40], dec[20:40], rng.uniform(0, 4, 20), strict=True)),
        Circle(0.0, 90.0, 3.5), Circle(0.0, -90.0, 10.0), Circle(0.0, 3.0, 40.0),
    ]  # fmt: skip
    for region in regions:
        for relation in RELATIONS:
            one, other = (inventory.in_region(region, relation) for inventory in both)
            np.testing.assert_array_equal(one, other)
    for best in (False, True):
        assert_equal(*(inventory.positions(ra, dec, best) for inventory in both))


def test_details_are_the_same(both: Pair, sets: ImageSets) -> None:
    for rows in (
        np.arange(len(sets)),
        np.array([5, 2, 2, 77]),
        np.array([7]),
        np.arange(3, 30),
        np.zeros(0, int),
    ):
        one, other = (inventory.details(rows) for inventory in both)
        assert_equal(one, other)
        assert_equal(one.take(np.arange(len(rows)) % 2 == 0), other.take(np.arange(len(rows)) % 2 == 0))
    tiles = [[inventory.details([9]).tiles(0, band) for band in "jhk"] for inventory in both]
    assert tiles[0] == tiles[1]


def test_names_and_numbers_are_the_same(both: Pair, sets: ImageSets) -> None:
    keys = np.concatenate([sets.coadd_key[::7], [-5, 0, 2**31, 2**40, 10**18]])
    np.testing.assert_array_equal(both[0].by_coadd_key(keys), both[1].by_coadd_key(keys))
    every = slice(None, None, 11)
    rows = sets.date[every], sets.hem[every], sets.scan[every]
    for image in (sets.image[every], 0, -1, 5, 10_000):
        assert_equal(*(inventory.by_scan(*rows, image) for inventory in both))
    assert_equal(*(inventory.by_scan(["970607", "000000"], ["n", "s"], [7, 999]) for inventory in both))
    for one, other in zip(*(inventory.numbering() for inventory in both), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_first_format_has_no_tiles(sets: ImageSets, tmp_path: Path) -> None:
    publish_format2(DirectoryTree(tmp_path), sets, records=RECORD_WITHOUT_TILES)
    details = Inventory.open(DirectoryTree(tmp_path), "asky").details(np.arange(50))
    assert not details.tiled_bytes["j"].any()
    assert details.bytes["h"].any()


def test_an_empty_inventory_answers(tmp_path: Path) -> None:
    publish_format2(DirectoryTree(tmp_path), synthetic(1).take(np.zeros(0, int)))
    inventory = Inventory.open(DirectoryTree(tmp_path), "asky")
    assert len(inventory.in_region(Circle(0, 0, 3.5), "overlap")) == 0
    assert inventory.by_coadd_key([1]).tolist() == [-1]
    assert len(inventory.details([])) == 0
