"""The tree is that of the public bucket, and its inventory says where that is."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from local.allwise.tiles import Tile
from local.allwise.tree import PREFIX, index_allwise, make_allwise, path, sample_tiles
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import parse_file_key
from skybatch.surveys.known import survey_of

SMALL = (Tile(314.3, 77.6, pixels=64), Tile(314.3, 77.7, matrix=True, pixels=64))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("allwise")
    assert make_allwise(root / "images", SMALL, (1, 2)) == 4
    index_allwise(root / "archive", root / "images")
    return root


def test_files_lie_as_in_the_public_bucket(tree: Path) -> None:
    keys = [entry.path for entry in DirectoryTree(tree / "images").entries(f"{PREFIX}/")]
    assert len(keys) == 2 * 2 * 4 * 2
    images = [key for key in keys if not key.endswith(".md5")]
    assert all(parse_file_key(key).image.dataset == "allwise" for key in images)
    plain = (tree / "images" / path(SMALL[0], 1, "int", "fits")).read_bytes()
    assert gzip.decompress((tree / "images" / path(SMALL[0], 1, "int", "fits.gz")).read_bytes()) == plain


def test_the_inventory_has_both_forms_of_headers(tree: Path) -> None:
    inventory = Inventory.open(DirectoryTree(tree / "archive"), "allwise")
    assert inventory.size == len(SMALL)
    assert survey_of("allwise").place.bucket == "nasa-irsa-wise"


def test_the_small_sample_is_a_part_of_the_large() -> None:
    assert set(sample_tiles(few=True)) < set(sample_tiles(few=False))
