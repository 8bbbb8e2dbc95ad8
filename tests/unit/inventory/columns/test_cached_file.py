"""Files cached block by block: what is fetched, in which ranges, and what a new process finds."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from obstore.store import MemoryStore

from skybatch.errors import InventoryError
from skybatch.inventory.columns.cached_file import (
    BLOCK_BYTES,
    BYTES_AT_ONCE,
    RANGE_BYTES,
    CachedFile,
    _batches,
    blocks_of,
)
from tests.support.survey.recording_tree import RecordingTree

SIZE = 10 * BLOCK_BYTES + 77
CONTENT = np.random.default_rng(1).bytes(SIZE)


@pytest.fixture
def tree() -> RecordingTree:
    tree = RecordingTree(MemoryStore())
    tree.write("a.npy", CONTENT)
    return tree


def cached(tree: RecordingTree, tmp_path: Path, size: int = SIZE) -> CachedFile:
    return CachedFile(tree, "a.npy", size, tmp_path / "source" / "asky" / "version" / "a.npy")


def test_runs_of_blocks_are_one_range_and_fetched_once(tree: RecordingTree, tmp_path: Path) -> None:
    file = cached(tree, tmp_path)
    assert file.fetch(np.array([1, 2, 3, 7, 10])) == [
        (BLOCK_BYTES, 4 * BLOCK_BYTES), (7 * BLOCK_BYTES, 8 * BLOCK_BYTES), (10 * BLOCK_BYTES, SIZE)
    ]  # fmt: skip
    stored = file.local.read_bytes()
    assert len(stored) == SIZE
    assert stored[BLOCK_BYTES : 4 * BLOCK_BYTES] == CONTENT[BLOCK_BYTES : 4 * BLOCK_BYTES]
    assert stored[10 * BLOCK_BYTES :] == CONTENT[10 * BLOCK_BYTES :]
    assert not file.is_complete
    assert file.fetch(np.array([2, 3, 4])) == [(4 * BLOCK_BYTES, 5 * BLOCK_BYTES)]
    file.fetch()
    assert file.is_complete
    assert file.local.read_bytes() == CONTENT
    assert tree.bytes_read == SIZE
    assert file.fetch() == []


def test_another_process_finds_what_was_fetched(tree: RecordingTree, tmp_path: Path) -> None:
    cached(tree, tmp_path).fetch(np.array([0, 5]))
    tree.ranges.clear()
    again = cached(tree, tmp_path)
    assert again.fetch(np.array([0, 5])) == []
    assert tree.ranges == []


def test_a_file_that_was_removed_for_its_room_is_fetched_anew(tree: RecordingTree, tmp_path: Path) -> None:
    file = cached(tree, tmp_path)
    file.fetch()
    shutil.rmtree(file.local.parent)
    assert not file.is_complete
    file.fetch(np.array([3]))
    assert (
        file.local.read_bytes()[3 * BLOCK_BYTES : 4 * BLOCK_BYTES]
        == CONTENT[3 * BLOCK_BYTES : 4 * BLOCK_BYTES]
    )


def test_a_fetch_that_fails_is_tried_again_by_the_next(tree: RecordingTree, tmp_path: Path) -> None:
    file = cached(tree, tmp_path, SIZE + 10)
    with pytest.raises(InventoryError, match="shorter"):
        file.fetch(np.array([10]))
    assert not file.is_complete
    assert file.fetch(np.array([9])) == [(9 * BLOCK_BYTES, 10 * BLOCK_BYTES)]
    tree.delete("a.npy")
    with pytest.raises(InventoryError, match="gone"):
        cached(tree, tmp_path).fetch(np.array([1]))


def test_rows_over_the_edge_of_a_block_need_both() -> None:
    assert blocks_of(np.array([BLOCK_BYTES - 4, 5]), 8).tolist() == [0, 1]
    assert blocks_of(np.array([BLOCK_BYTES - 8]), 8).tolist() == [0]


def test_memory_is_bounded_by_batches_of_ranges() -> None:
    ranges = [(start, start + RANGE_BYTES) for start in range(0, 3 * BYTES_AT_ONCE, RANGE_BYTES)]
    batches = _batches(ranges)
    assert [each for batch in batches for each in batch] == ranges
    assert len(batches) == 3
    assert _batches([]) == []
