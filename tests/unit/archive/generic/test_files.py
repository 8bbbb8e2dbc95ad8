"""The FITS images of a tree by the names of its files."""

from __future__ import annotations

from skybatch.archive.generic.files import LONGEST_PATH, list_tree
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.any_images import fill

ONE = b"x"


def test_files_are_parted_by_name(tree: DirectoryTree) -> None:
    names = ["a.fits", "b/a.FIT.GZ", "c.fts", "d.fz", "with space.fits", "m.weight.fits", "m.fits"]
    fill(tree, dict.fromkeys([*names, "notes.txt", "README", "inventory/x/y.npy"], ONE))
    found = list_tree(tree)
    assert [(file.stem, file.form) for file in found.images] == [
        ("a", "fits"),
        ("b/a", "FIT.GZ"),
        ("c", "fts"),
        ("d", "fz"),
        ("m", "fits"),
        ("with space", "fits"),
    ]
    assert found.companions == [("m.weight.fits", "weight")]
    assert (dict(found.others), found.inventories) == ({".txt": 1, "without ending": 1}, 1)
    assert len(found.summary()) == 4


def test_what_no_inventory_can_hold_is_named(tree: DirectoryTree) -> None:
    long = "/".join(["d" * 200] * 5) + ".fits"
    fill(tree, {"empty.fits": b"", "ü.fits": ONE, "line\nbreak.fits": ONE, long: ONE})
    (tree.root / "link.fits").symlink_to("nothing.fits")
    found = list_tree(tree)
    assert found.images == []
    reasons = {problem.place: problem.reason for problem in found.problems}
    assert set(reasons) == {"empty.fits", "ü.fits", "line\nbreak.fits", "link.fits", long}
    assert str(LONGEST_PATH) in reasons[long]


def test_images_of_other_surveys_are_left_to_them(tree: DirectoryTree) -> None:
    fill(tree, {"2mass/images/a.fits": ONE, "mine/a.fits": ONE})
    found = list_tree(tree, [("2mass/images/", "2mass-asky")])
    assert [file.stem for file in found.images] == ["mine/a"]
    assert dict(found.of_surveys) == {"2mass-asky": 1}


def test_long_lists_are_shortened(tree: DirectoryTree) -> None:
    fill(tree, {f"{n}_{word}_x.fits": ONE for n in range(12) for word in ("ood", "ooi")})
    assert list_tree(tree).summary()[-1] == "  … and 2 more"
