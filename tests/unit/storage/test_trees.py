"""Directories, object stores in memory and S3 behave the same as trees."""

from __future__ import annotations

from pathlib import Path

import pytest
from obstore.store import MemoryStore

from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.locations import open_tree
from skybatch.storage.trees import Tree


@pytest.fixture(params=["directory", "memory", "s3"])
def tree(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    if request.param == "directory":
        return open_tree(str(tmp_path))
    if request.param == "memory":
        return BucketTree(MemoryStore(), "/some/prefix/")
    names = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    for name, value in {**names, "AWS_ENDPOINT_URL": request.getfixturevalue("s3")}.items():
        monkeypatch.setenv(name, value)
    return open_tree(f"s3://archive/{tmp_path.name}")


def test_what_is_written_is_read_whole_and_in_ranges(tree: Tree) -> None:
    data = bytes(range(256)) * 40
    tree.write("a/b/c.bin", data)
    assert tree.read("a/b/c.bin") == data
    assert tree.read_range("a/b/c.bin", 5, 10) == data[5:15]
    assert tree.read_range("a/b/c.bin", len(data) - 3, 100) == data[-3:]
    assert tree.read_ranges("a/b/c.bin", [0, 9000, 7], [3, 20, 1]) == [data[:3], data[9000:9020], data[7:8]]
    assert tree.read_ranges("a/b/c.bin", [], []) == []
    tree.write("a/b/c.bin", b"other")
    assert tree.read("a/b/c.bin") == b"other"


def test_listings_are_in_order_of_paths_with_sizes(tree: Tree) -> None:
    names = ["b/2", "b.txt", "b/1/x", "a", "b/10", "b-", "c/d/e"]
    for size, name in enumerate(names):
        tree.write(name, b"x" * size)
    everything = list(tree.entries(""))
    assert [entry.path for entry in everything] == sorted(names)
    assert {entry.path: entry.size for entry in everything} == {n: size for size, n in enumerate(names)}
    assert [entry.path for entry in tree.entries("b/")] == ["b/1/x", "b/10", "b/2"]
    assert list(tree.entries("nowhere/")) == []
    assert all(entry.modified > 1_700_000_000 for entry in everything)


def test_what_is_absent_raises_file_not_found(tree: Tree) -> None:
    for read in (
        lambda: tree.read("no"),
        lambda: tree.read_range("no", 0, 1),
        lambda: tree.read_ranges("no", [0], [1]),
    ):
        with pytest.raises(FileNotFoundError) as missing:
            read()
        assert "\n" not in str(missing.value)


def test_deleting_twice_is_no_error(tree: Tree) -> None:
    tree.write("gone", b"1")
    tree.delete("gone")
    tree.delete("gone")
    assert list(tree.entries("")) == []
