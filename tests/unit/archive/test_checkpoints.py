"""Checkpoints are read back in order, by any process, and only while their record type is the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skybatch.archive.checkpoints import Checkpoints
from skybatch.storage.directory_tree import DirectoryTree

RECORD = np.dtype([("code", "<i8"), ("band", "u1")])


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    return DirectoryTree(tmp_path)


def rows(*codes: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    return np.array([(code, 1) for code in codes], RECORD)


def test_another_process_continues_where_one_stopped(tree: DirectoryTree) -> None:
    first = Checkpoints(tree, "kept/", RECORD)
    assert len(first.load()) == 0
    first.append(rows(5, 3))
    first.append(rows(9))
    second = Checkpoints(tree, "kept/", RECORD)
    assert second.load()["code"].tolist() == [5, 3, 9]
    second.append(rows(1))
    assert Checkpoints(tree, "kept/", RECORD).load()["code"].tolist() == [5, 3, 9, 1]


def test_no_file_is_written_for_no_rows(tree: DirectoryTree) -> None:
    Checkpoints(tree, "kept/", RECORD).append(rows())
    assert list(tree.entries("")) == []


def test_records_of_another_type_are_ignored_and_cleared(tree: DirectoryTree) -> None:
    old = Checkpoints(tree, "kept/", np.dtype([("code", "<i4")]))
    old.load()
    old.append(np.zeros(3, [("code", "<i4")]))
    new = Checkpoints(tree, "kept/", RECORD)
    assert len(new.load()) == 0
    new.append(rows(7))
    assert new.load()["code"].tolist() == [7]
    new.clear()
    assert list(tree.entries("")) == []
