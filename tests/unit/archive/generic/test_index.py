"""Any tree of FITS images, indexed without a description."""

from __future__ import annotations

import os

import numpy as np
import pytest
from astropy.io import fits

from skybatch.archive.generic.index import index_tree
from skybatch.errors import InventoryError
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.images.fits_files import gzipped
from tests.support.images.survey_images import FOLDER, IMAGES, REFUSED, file_of
from tests.support.survey.any_images import DEC, RA, an_image, fill, header, plane, written

COMPANIONS = ("ood", "oow", "invvar")


def paths(tree: DirectoryTree, survey: str) -> dict[str, str]:
    """Band of each image of an inventory, by path without ending."""
    inventory = Inventory.open(tree, survey)
    details = inventory.details(np.arange(inventory.size))
    bands = [next(b for b, size in details.bytes.items() if size[i]) for i in range(inventory.size)]
    return {str(details.fields_of(i)["file"]): band for i, band in enumerate(bands)}


def test_every_image_is_a_set_of_its_own_band(tree: DirectoryTree) -> None:
    files = {"a/x.fits": an_image(FILTER="r"), "b/x.fits": an_image(FILTER="g"), "my image.fit": an_image()}
    fill(tree, files)
    report = index_tree(tree, "My Tree")
    assert (report.survey, report.index.sets, report.index.problems) == ("my-tree", 3, ())
    assert paths(tree, "my-tree") == {"a/x": "r", "b/x": "g", "my image": "image"}
    assert len(Inventory.open(tree, "my-tree").positions([RA], [DEC]).set_index) == 3


def test_damaged_files_are_named_and_the_others_published(tree: DirectoryTree) -> None:
    bare = written(fits.PrimaryHDU(plane()))
    fill(
        tree,
        {
            "good.fits": an_image(),
            "short.fits": an_image()[:-2880],
            "header.fits": an_image()[:1000],
            "rubbish.fits": b"rubbish",
            "short.fits.gz": gzipped(an_image())[:100],
            "bare.fits": bare,
            "cube.fits": written(fits.PrimaryHDU(np.ones((3, 5, 5)))),
        },
    )
    report = index_tree(tree, "x")
    assert report.index.sets == 1
    assert {problem.place for problem in report.index.problems} == {
        "short.fits",
        "header.fits",
        "rubbish.fits",
        "short.fits.gz",
        "bare.fits",
        "cube.fits",
    }


def test_forms_of_one_image_are_one_set(tree: DirectoryTree) -> None:
    fill(tree, {"a.fits": an_image(FILTER="r"), "a.fits.gz": gzipped(an_image(FILTER="r"))})
    report = index_tree(tree, "x")
    assert (report.index.sets, report.index.images) == (1, 2)


def test_a_file_that_its_name_makes_a_form_of_another_band_is_named(tree: DirectoryTree) -> None:
    fill(tree, {"a.fit": an_image(FILTER="r"), "a.fits": an_image(FILTER="g"), "b.fits": an_image()})
    report = index_tree(tree, "x")
    assert (report.index.sets, [problem.place for problem in report.index.problems]) == (2, ["a.fits"])
    assert "a.fits" not in report.keys


def test_the_first_of_several_images_is_taken_and_the_others_are_told(tree: DirectoryTree) -> None:
    hdus = fits.PrimaryHDU(plane(), header()), fits.ImageHDU(plane(), header(), name="ERR")
    fill(tree, {"a.fits": written(*hdus)})
    assert "  a.fits: HDU 0 is taken, HDU 1 (ERR) not" in index_tree(tree, "x").notices


def test_a_tree_that_is_indexed_again_keeps_its_name(tree: DirectoryTree) -> None:
    fill(tree, {"a.fits": an_image()})
    first = index_tree(tree, "x")
    fill(tree, {"b.fits": an_image()})
    again = index_tree(tree, "renamed")
    assert (again.survey, again.index.sets) == ("x", 2)
    assert first.index.version != again.index.version
    assert any("below inventory/" in line for line in again.notices)


def test_a_tree_without_images_is_refused_with_what_it_has(tree: DirectoryTree) -> None:
    fill(tree, {"notes.txt": b"x", "bad.fits": b"rubbish"})
    with pytest.raises(InventoryError) as refused:
        index_tree(tree, "x")
    assert ".txt" in refused.value.detail
    assert "bad.fits" in refused.value.detail
    assert not list((tree.root / "inventory").glob("*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_refused(tree: DirectoryTree) -> None:
    fill(tree, {"a.fits": an_image()})
    tree.root.chmod(0o500)
    with pytest.raises(InventoryError):
        index_tree(tree, "x")
    tree.root.chmod(0o700)


def test_each_genuine_image_is_indexed_or_refused_as_it_should_be(tree: DirectoryTree) -> None:
    file_of(IMAGES[0].path)
    for folder in FOLDER.resolve().iterdir():
        (tree.root / folder.name).symlink_to(folder)
    report = index_tree(tree, "surveys")
    expected = [each.path for each in IMAGES if not any(word in each.path for word in COMPANIONS)]
    assert sorted(report.keys) == sorted(expected)
    assert sorted(problem.place for problem in report.index.problems) == sorted(REFUSED)
    bands = paths(tree, "surveys")
    told = {path.partition(".fits")[0]: band for path, band in TOLD.items()}
    assert {path: bands[path] for path in told} == told


TOLD = {
    IMAGES[0].path: "w3",
    **{IMAGES[n].path: f"w{n}" for n in range(1, 5)},
    "decam/CP/V4.8.2a/CP20150328/c4d_150329_083320_ooi_r_ls9.N11.fits": "r",
    "decam/CP/V4.8.2a/CP20150328/c4d_150329_083505_ooi_g_ls9.N11.fits": "g",
    "decam/CP/V4.8.2a/CP20150411/c4d_150412_073257_ooi_z_ls9.N11.fits": "z",
    "ukidss/wfcam/ukidss_ngc_k.fits": "k",
    "misc/m13.fits": "image",
    "misc/m13_rice.fits": "image",
}
