"""The beginning of an object, read once."""

from __future__ import annotations

from pathlib import Path

from obstore.store import MemoryStore

from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.started_tree import StartedTree
from skybatch.storage.trees import Tree


def check(tree: Tree) -> None:
    tree.write("a", b"0123456789")
    started = StartedTree.read(tree, "a", 4)
    assert (started.entry.size, started.first) == (10, b"0123")
    assert started.read_range("a", 1, 2) == b"12"
    assert started.read_range("a", 6, 4) == b"6789"
    assert StartedTree.read(tree, "a", 99).first == b"0123456789"


def test_the_first_bytes_and_the_size_are_one_request(tmp_path: Path) -> None:
    check(DirectoryTree(tmp_path))
    check(BucketTree(MemoryStore()))
