"""Images in several forms: one header is read of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from skybatch.archive.described.forms import by_image, read_forms
from skybatch.archive.described.headers import ReadImage
from skybatch.archive.described.listing import list_files
from skybatch.archive.image_records import Problem
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.described.allwise_tree import SURVEY, TILES, fill, key

TILE = next(iter(TILES))


@dataclass(frozen=True)
class CountingTree(DirectoryTree):
    """A tree that remembers which files were read."""

    read_files: list[str] = field(default_factory=list)

    def read_range(self, path: str, start: int, length: int) -> bytes:
        self.read_files.append(path)
        return super().read_range(path, start, length)


@pytest.fixture
def tree(tmp_path: Path) -> CountingTree:
    made = CountingTree(tmp_path)
    fill(made, (TILE,), pixels=32)
    return made


def read(tree: CountingTree) -> list[ReadImage | Problem]:
    stored = by_image(list_files(tree, SURVEY, "allwise").images, SURVEY)
    assert [list(each.entries) for each in stored] == [["fits", "fits.gz"]] * 4
    return read_forms(tree, stored[0], SURVEY)


def test_the_header_of_the_plain_file_is_that_of_the_gzipped_one(tree: CountingTree) -> None:
    plain, zipped = read(tree)
    assert set(tree.read_files) == {key(TILE, 1)}
    assert isinstance(plain, ReadImage)
    assert isinstance(zipped, ReadImage)
    assert (plain.key.form, zipped.key.form) == ("fits", "fits.gz")
    assert (zipped.wcs, zipped.blocks) == (plain.wcs, 2)
    assert zipped.bytes == (tree.root / key(TILE, 1, ending="fits.gz")).stat().st_size


def test_a_damaged_file_leaves_the_other_form(tree: CountingTree) -> None:
    tree.write(key(TILE, 1), b"SIMPLE  = no fits")
    plain, zipped = read(tree)
    assert isinstance(plain, Problem)
    assert isinstance(zipped, ReadImage)
    assert zipped.values["magzp"] == 20.5
