"""What lazy image sets are read from: an inventory of format 3 has all of it."""

from __future__ import annotations

from pathlib import Path

from skybatch.inventory.columns.set_source import SetSource
from skybatch.inventory.indexed_sets import IndexedSets
from skybatch.inventory.manifest import read_manifest
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.synthetic_survey import synthetic


def test_an_indexed_inventory_is_a_source(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    version = publish(tree, synthetic(3), numbered=False, origin="test")
    manifest = read_manifest(tree.read(f"inventory/asky/{version}/manifest.json"), "m")
    source: SetSource = IndexedSets(tree, "asky", version, manifest)
    assert (source.dataset, source.bands_apart, source.own_bands(slice(0, 2))) == ("asky", False, None)
    assert source.has("held")
    assert len(source.values("held", slice(0, 5))) == 5
