"""Tile-compressed copies are published with the sets, read back from there, and outlive their originals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skybatch.archive.image_records import image_code
from skybatch.archive.tiled_copies import (
    TILED_COPY,
    delete_originals_of,
    publish_tiles,
    published_copies,
    with_tiles,
)
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import TILED_SUFFIX, ScanImageId, atlas_key, quicklook_key
from skybatch.surveys.image_id import ScanImageId as ImageId
from tests.support.survey.synthetic_survey import synthetic

SETS = synthetic(1, dataset="sx")


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    return DirectoryTree(tmp_path)


def scan_image(number: int, band: str) -> ScanImageId:
    image = SETS.image_id(number, band)
    assert isinstance(image, ScanImageId)
    return image


def copies(*images: tuple[int, int, int]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Copies of (set, band, bytes of the original)."""
    rows = [
        (image_code(scan_image(number, "jhk"[band])), band, 500 + number, 11520, 14400, original, True)
        for number, band, original in images
    ]
    return np.array(rows, TILED_COPY)


def test_published_copies_are_read_back(tree: DirectoryTree) -> None:
    publish(tree, SETS, numbered=False, origin="test")
    rows = copies((2, 0, 900), (5, 1, 900))
    version = publish_tiles(tree, "sx", rows, delete_originals=False)
    assert version == Inventory.open(tree, "sx").version
    back = published_copies(tree, "sx")
    names = ["code", "band", "tiled_bytes", "tile_table", "tile_heap"]
    assert sorted(back[names].tolist()) == sorted(rows[names].tolist())


def test_without_an_inventory_nothing_is_published(tree: DirectoryTree) -> None:
    assert publish_tiles(tree, "sx", copies((2, 0, 900)), delete_originals=False) == ""
    assert len(published_copies(tree, "sx")) == 0


def test_a_copy_beside_its_original_leaves_size_and_suffix() -> None:
    sets = with_tiles(SETS, copies((2, 0, 900)), delete_originals=False)
    assert (sets.suffix["j"][2], sets.tiled_bytes["j"][2]) == (SETS.suffix["j"][2], 502)
    assert sets.bytes["j"][2] == SETS.bytes["j"][2]


@pytest.mark.parametrize(("original", "delete_originals"), [(0, False), (900, True)])
def test_a_copy_alone_is_the_image(original: int, delete_originals: bool) -> None:
    sets = with_tiles(SETS, copies((2, 0, original)), delete_originals)
    assert (sets.suffix["j"][2], sets.bytes["j"][2]) == (TILED_SUFFIX, 502)
    assert sets.suffix["j"][3] == SETS.suffix["j"][3]


def test_only_originals_with_a_copy_are_deleted(tree: DirectoryTree) -> None:
    kept, gone = ImageId("sx", "001126", "n", 101, 9, "j"), ImageId("sx", "001126", "n", 101, 9, "h")
    for image in (kept, gone):
        tree.write(atlas_key(image), b"original")
        tree.write(quicklook_key(image), b"quicklook")
    tree.write(atlas_key(gone, TILED_SUFFIX), b"copy")
    tree.write(quicklook_key(gone, TILED_SUFFIX), b"copy")
    rows = np.zeros(1, TILED_COPY)
    rows["code"], rows["band"] = image_code(gone), 1
    assert delete_originals_of(tree, "sx", rows, quicklooks=True) == 2
    left = {entry.path for entry in tree.entries("")}
    assert left == {
        atlas_key(kept),
        quicklook_key(kept),
        atlas_key(gone, TILED_SUFFIX),
        quicklook_key(gone, TILED_SUFFIX),
    }
