"""A whole file is read up to the size of an image, and not at all beyond."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.archive.whole_files import read_whole
from skybatch.errors import SourceUnsupported
from skybatch.fits.limits import MAX_IMAGE_BYTES
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.trees import Entry


def test_a_file_comes_whole(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    tree.write("image", b"stored")
    tree.write("empty", b"")
    entries = {entry.path: read_whole(tree, entry) for entry in tree.entries("")}
    assert entries == {"image": b"stored", "empty": b""}


def test_a_file_larger_than_any_image_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(SourceUnsupported, match="68,157,441 bytes"):
        read_whole(DirectoryTree(tmp_path), Entry("absent", MAX_IMAGE_BYTES + 1, 0))
