"""Which versions of an inventory there are, which is current, and which are dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.errors import DatasetAbsent, InventoryError
from skybatch.inventory.versions import current_version, drop_old_versions, versions
from skybatch.storage.directory_tree import DirectoryTree


def tree_of(folder: Path, *names: str) -> DirectoryTree:
    tree = DirectoryTree(folder)
    for name in names:
        tree.write(f"inventory/asky/{name}/manifest.json", b"{}")
    return tree


def test_versions_are_listed_oldest_first_without_the_index(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "2002", "2001", "index", "2003")
    tree.write("inventory/asky/current", b"2003")
    tree.write("inventory/sx/2009/manifest.json", b"{}")
    assert versions(tree, "asky") == ["2001", "2002", "2003"]


def test_the_current_version_is_what_the_pointer_says(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "2001", "2002")
    with pytest.raises(DatasetAbsent):
        current_version(tree, "asky")
    tree.write("inventory/asky/current", b"2001\n")
    assert current_version(tree, "asky") == "2001"


@pytest.mark.parametrize("named", [b"", b" \n", b'{"x', b"a/b", b"..", b"\xff", b"\0", b"a\nb"])
def test_a_pointer_that_names_no_version_is_damaged(tmp_path: Path, named: bytes) -> None:
    tree = tree_of(tmp_path, "2001")
    tree.write("inventory/asky/current", named)
    with pytest.raises(InventoryError, match="is damaged") as error:
        current_version(tree, "asky")
    assert not isinstance(error.value, DatasetAbsent)
    assert error.value.detail.isprintable()


def test_the_newest_versions_are_kept_and_the_current_one_always(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "2001", "2002", "2003", "2004", "index")
    drop_old_versions(tree, "asky", "2001", keep=2)
    assert versions(tree, "asky") == ["2001", "2004"]
    assert (tmp_path / "inventory/asky/index/manifest.json").exists()
