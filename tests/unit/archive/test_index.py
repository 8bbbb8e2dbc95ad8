"""An archive indexed by its headers: what it finds, what it skips and names, what it numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from obstore.store import MemoryStore

from skybatch.archive.index import datasets_in, index
from skybatch.inventory.inventory import Inventory
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import atlas_key, quicklook_key
from skybatch.surveys.twomass.bands import BANDS
from tests.support.survey.field_images import fill, image, keys_by_image, plain, stored


def test_genuine_images_lie_where_astropy_says(survey_data: Path, tmp_path: Path) -> None:
    root = survey_data / "archive"
    for path in root.rglob("*.fits.gz"):
        DirectoryTree(tmp_path).write(path.relative_to(root).as_posix(), path.read_bytes())
    tree = DirectoryTree(tmp_path)
    report = index(tree, "askyw")
    assert (report.sets, report.images, report.numbered, report.problems) == (23, 23, 23, ())
    inventory = Inventory.open(tree, "askyw")
    assert inventory.numbered
    details = inventory.details(np.arange(23))
    for i in range(23):
        path = root / atlas_key(details.image_id(i, "j"))
        header = fits.getheader(path)
        assert details.bytes["j"][i] == path.stat().st_size
        assert details.bytes["h"][i] == 0
        assert details.suffix["j"][i] == ".fits.gz"
        for name in (
            "naxis1",
            "naxis2",
            "crpix1",
            "crpix2",
            "cdelt1",
            "cdelt2",
            "crval1",
            "crval2",
            "crota2",
        ):
            assert getattr(details, name)[i] == header[name], name
        assert details.header_blocks[i] == 4
        assert details.magzp["j"][i] == header["MAGZP"]
        assert np.isnan(details.seesh["j"][i])
        assert details.hem[i] == {"Hopkins": "n", "CTIO": "s"}[header["TELNAME"]]
    assert index(tree, "asky").sets == 1


def test_bands_make_one_set_and_quicklooks_belong_to_it(tree: DirectoryTree) -> None:
    fill(tree)
    tree.write(quicklook_key(image(21, "h")), b"q" * 77)
    tree.write(quicklook_key(image(21, "k"), ".fits.fz"), b"q" * 78)
    tree.write(quicklook_key(image(99, "k")), b"stray")
    report = index(tree, "askyw")
    assert (report.sets, report.images, report.quicklooks) == (3, 9, 2)
    assert [p.reason for p in report.problems] == ["no image of its set is there"]
    details = Inventory.open(tree, "askyw").details([0, 1, 2])
    assert details.image.tolist() == [9, 21, 33]
    assert [details.quicklook_bytes[band][1] for band in BANDS] == [0, 77, 78]
    assert [details.quicklook_suffix[band][1] for band in BANDS] == ["", ".fits.H", ".fits.fz"]
    assert min(details.bytes[band].min() for band in BANDS) > 1000


def test_a_bucket_gives_what_a_tree_gives(
    tree: DirectoryTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path / "cache"))
    bucket = BucketTree(MemoryStore(), "some/prefix")
    fill(tree)
    fill(bucket)
    assert index(tree, "askyw").images == index(bucket, "askyw").images == 9
    ours, theirs = (Inventory.open(source, "askyw").details([0, 1, 2]) for source in (tree, bucket))
    assert np.array_equal(ours.crval2, theirs.crval2)
    assert np.array_equal(ours.bytes["k"], theirs.bytes["k"])


def test_the_data_sets_of_a_tree_are_those_with_a_file(tree: DirectoryTree) -> None:
    assert datasets_in(tree) == []
    fill(tree, (9,))
    tree.write("twomass/sixxcat/sixxcat/notes.txt", b"x")
    tree.write("other/asky", b"x")
    assert datasets_in(tree) == ["askyw", "sx"]


def test_plain_and_misnamed_files_are_read_by_their_first_bytes(tree: DirectoryTree) -> None:
    tree.write(atlas_key(image(9, "j"), ".fits.gz"), plain(9, "j"))
    tree.write(atlas_key(image(21, "j"), ".fits"), stored(21, "j"))
    assert index(tree, "askyw").images == 2


def test_a_header_of_many_blocks_is_read_to_its_end(tree: DirectoryTree) -> None:
    long = plain(9, "j", total_cards=700)
    tree.write(atlas_key(image(9, "j"), ".fits"), long)
    assert index(tree, "askyw").problems == ()
    assert Inventory.open(tree, "askyw").details([0]).header_blocks.tolist() == [20]


def test_a_zero_point_that_is_no_magnitude_is_unknown(tree: DirectoryTree) -> None:
    tree.write(atlas_key(image(9, "j")), stored(9, "j", {"MAGZP": True}))
    infinite = plain(21, "j", {"MAGZP": "@"}).replace(b"'@       '", b"1E400     ")
    tree.write(atlas_key(image(21, "j"), ".fits"), infinite)
    assert index(tree, "askyw").images == 2
    assert np.isnan(Inventory.open(tree, "askyw").details([0, 1]).magzp["j"]).all()


def test_numbers_of_sets_stay_when_the_archive_grows(tree: DirectoryTree) -> None:
    fill(tree, (21, 45))
    index(tree, "askyw")
    assert keys_by_image(tree) == {21: 1, 45: 2}
    fill(tree, (9, 33))
    assert index(tree, "askyw").numbered == 4
    assert keys_by_image(tree) == {21: 1, 45: 2, 9: 3, 33: 4}
