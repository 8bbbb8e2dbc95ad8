"""Images of a file behind the one that is taken."""

from __future__ import annotations

import pytest
from astropy.io import fits

from skybatch.archive.described.hdu_reader import read_hdu
from skybatch.archive.generic.further_images import further_images
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.images.fits_files import gzipped
from tests.support.survey.any_images import an_image, header, plane, written


def further(tree: DirectoryTree, content: bytes) -> list[str]:
    tree.write("a.fits", content)
    (entry,) = tree.entries("")
    return further_images(tree, entry, read_hdu(tree, entry, ""))


def test_a_file_of_one_image_has_none(tree: DirectoryTree) -> None:
    assert further(tree, an_image()) == []
    assert further(tree, gzipped(an_image())) == []


@pytest.mark.parametrize("pack", [bytes, gzipped], ids=["plain", "gzip"])
def test_images_that_follow_are_named_and_tables_are_not(tree: DirectoryTree, pack: type) -> None:
    table = fits.BinTableHDU.from_columns([fits.Column("a", "E", array=[1.0])])
    tiled = fits.CompImageHDU(plane(), header(), name="MASK")
    image = fits.ImageHDU(plane(), header(), name="ERR")
    content = written(fits.PrimaryHDU(plane(), header()), table, image, tiled, fits.ImageHDU(plane()))
    assert further(tree, pack(content)) == ["HDU 2 (ERR)", "HDU 3 (MASK)", "HDU 4"]


def test_a_damaged_header_behind_an_image_is_none(tree: DirectoryTree) -> None:
    assert further(tree, an_image() + b"XTENSION" + b"rubbish" * 1000) == []
