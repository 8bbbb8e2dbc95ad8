"""Files that cannot be indexed are named with their reason, and the others are indexed."""

from __future__ import annotations

import os

import pytest

from skybatch.archive.index import index
from skybatch.errors import InventoryError
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import atlas_key, quicklook_key
from tests.support.survey.field_images import fill, image, plain, stored

BAD = {
    "no WCS: CTYPE1 and CTYPE2 are missing": stored(45, "j", {"CTYPE1": None, "CTYPE2": None}),
    "projection RA---TAN, DEC--TAN": stored(45, "j", {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}),
    "no WCS: CRVAL1 is None": stored(45, "j", {"CRVAL1": None}),
    "CRVAL2 95.0 is no declination": stored(45, "j", {"CRVAL2": 95.0}),
    "CDELT1 or CDELT2 is 0": stored(45, "j", {"CDELT1": 0.0}),
    "beyond the hemisphere": stored(45, "j", {"CDELT1": -2.0}),
    "CD1_1 in the header": stored(45, "j", {"CD1_1": -0.0002}),
    "frame FK4 1950": stored(45, "j", {"RADESYS": "FK4", "EQUINOX": 1950.0}),
    "the header says band k, the path j": stored(45, "k"),
    "the header says scan 102": stored(45, "j", {"SCANNO": 102}),
    "the header says hem s": stored(45, "j", {"TELNAME": "CTIO"}),
    "BITPIX 16": stored(45, "j", bitpix=16),
    "the gzip data break off": stored(45, "j")[:-2000],
    "the file ends before": plain(45, "j")[:20000],
    "ends within its header": stored(45, "j")[:300],
    "the gzip data are damaged": b"\x1f\x8b" + b"\xff" * 3000,
    "not FITS: the data begin with b'<html>": b"<html>not here</html>",
    "an empty file, or a link to nothing": b"",
    "no value in header card": plain(45, "j", {"MAGZP": "@"}).replace(b"'@       '", b"NaN       "),
    "reaches 5.1 degrees from CRVAL": stored(45, "j", {"CDELT1": 0.05, "CDELT2": 0.1}),
}  # fmt: skip


@pytest.mark.parametrize("reason", BAD)
def test_a_file_that_cannot_be_used_is_named_and_skipped(tree: DirectoryTree, reason: str) -> None:
    fill(tree)
    key = atlas_key(image(45, "j"))
    tree.write(key, BAD[reason])
    report = index(tree, "askyw")
    assert (report.sets, report.images) == (3, 9)
    (problem,) = report.problems
    assert problem.place == key
    assert reason in problem.reason or (reason == "ends within its header" and "END" in problem.reason)


def test_a_link_to_nothing_is_named_and_skipped(tree: DirectoryTree) -> None:
    fill(tree)
    dangling = [atlas_key(image(45, "j")), quicklook_key(image(9, "j"))]
    for key in dangling:
        path = tree.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to("nowhere")
    report = index(tree, "askyw")
    assert (report.images, report.quicklooks) == (9, 0)
    assert sorted(problem.place for problem in report.problems) == sorted(dangling)


def test_a_file_larger_than_can_be_kept_is_named_and_skipped(tree: DirectoryTree) -> None:
    fill(tree)
    key = quicklook_key(image(9, "j"))
    tree.write(key, b"q")
    os.truncate(tree.root / key, 2**32)
    report = index(tree, "askyw")
    assert (report.images, [problem.place for problem in report.problems]) == (9, [key])


@pytest.mark.parametrize("name", ["ji1010045.fits.gz\n", "ji1010045\n.fits.gz", "a\x7f.fits"])
def test_a_name_with_control_characters_is_no_images(tree: DirectoryTree, name: str) -> None:
    fill(tree)
    key = f"twomass/full/full/001126n/s101/image/{name}"
    tree.write(key, stored(45, "j"))
    report = index(tree, "askyw")
    assert (report.images, [problem.place for problem in report.problems]) == (9, [key])


def test_two_files_for_one_image_are_named_and_one_is_used(tree: DirectoryTree) -> None:
    fill(tree)
    second = atlas_key(image(21, "j"), ".fits")
    tree.write(second, plain(21, "j"))
    report = index(tree, "askyw")
    assert report.images == 9
    assert [(p.place, p.reason) for p in report.problems] == [
        (second, f"a second file for the image {atlas_key(image(21, 'j'))}")
    ]


def test_a_band_that_lies_elsewhere_than_its_set_is_named(tree: DirectoryTree) -> None:
    fill(tree)
    tree.write(atlas_key(image(21, "h")), stored(21, "h", dec=40.0))
    tree.write(atlas_key(image(33, "k")), stored(33, "k", ny=95))
    report = index(tree, "askyw")
    assert sorted(p.place for p in report.problems) == [atlas_key(image(21, "h")), atlas_key(image(33, "k"))]
    assert report.images == 7


def test_strange_names_are_reported_and_nothing_at_all_is_an_error(tree: DirectoryTree) -> None:
    with pytest.raises(InventoryError, match="no image of data set askyw could be indexed: there is none"):
        index(tree, "askyw")
    tree.write("twomass/full/full/001126n/s101/image/readme.txt", b"hello")
    with pytest.raises(InventoryError, match=r"readme\.txt: not the name of an image"):
        index(tree, "askyw")
