"""Coverage maps beside the columns of an inventory."""

from __future__ import annotations

from pathlib import Path

from skybatch.inventory.coverage.coverage_files import (
    COVERAGE_TYPES,
    Coverage,
    coverage_path,
    published_coverage,
)
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.image_sets import sample_image_sets

MAP = Coverage(8, 0.25, {form: form.encode() for form in COVERAGE_TYPES})


def test_a_map_is_published_with_its_version(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    version = publish(tree, sample_image_sets(3), numbered=False, origin="test", coverage=MAP)
    assert tree.read(coverage_path("askyw", version, "json")) == b"json"
    assert published_coverage(tree, "askyw", version) == MAP
    assert Inventory.open(tree, "askyw").sky_fraction == 0.25


def test_a_version_without_a_map_says_so(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    version = publish(tree, sample_image_sets(3), numbered=False, origin="test")
    assert published_coverage(tree, "askyw", version) is None
    assert Inventory.open(tree, "askyw").sky_fraction is None
