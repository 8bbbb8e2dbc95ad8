"""`skybatch archive index TREE` of any FITS images, and `skybatch local` on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.cli import main
from skybatch.cli.generic import tree_name
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId, atlas_key
from tests.support.survey.any_images import DEC, RA, an_image, fill
from tests.support.survey.descriptions import forgotten_surveys


@pytest.fixture(autouse=True)
def _known_surveys_stay() -> Iterator[None]:
    with forgotten_surveys():
        yield


def test_a_folder_is_indexed_and_cut_without_a_description(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = tmp_path / "my images"
    fill(DirectoryTree(tree), {"a b/r.fits": an_image(FILTER="r"), "c.fits": an_image(), "d.fits": b"x"})
    assert main(["archive", "index", str(tree)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("my-images: inventory ")
    assert "2 image sets" in told.out
    assert "skipped d.fits" in told.err
    table, results = tmp_path / "table.csv", tmp_path / "results"
    table.write_text(f"ra,dec,size\n{RA},{DEC},9\n")
    given = ["--archive", str(tree), "--processes", "1", "--quiet"]
    assert main(["local", str(table), *given, "--out", str(results)]) == 0
    assert "2 images" in capsys.readouterr().out
    again = ["local", str(results / "images.tbl"), "--mode", "image_ids", *given]
    assert main([*again, "--out", str(tmp_path / "again")]) == 0
    assert "2 images" in capsys.readouterr().out


def test_a_tree_of_2mass_is_indexed_as_that_unless_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = DirectoryTree(tmp_path)
    image = ScanImageId("askyw", "980321", "n", 106, 9, "j")
    fill(tree, {atlas_key(image): an_image(), "mine.fits": an_image()})
    assert main(["archive", "index", str(tmp_path), "--survey", "generic"]) == 0
    assert "1 image sets" in capsys.readouterr().out


def test_a_folder_that_is_absent_or_has_no_images_exits_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        assert main(["archive", "index", str(folder)]) == 1
        assert capsys.readouterr().err.splitlines()[-1].startswith(f"skybatch: {folder}: ")


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("s3://bucket", "bucket"),
        ("s3://bucket/some/prefix/", "prefix"),
        ("/data/fits/", "fits"),
        ("/", "generic"),
    ],
)
def test_a_tree_is_named_by_its_last_part(location: str, name: str) -> None:
    assert tree_name(location) == name


@pytest.mark.parametrize("options", [["--table", "x.tbl"], ["--images", "elsewhere"]])
@pytest.mark.parametrize("survey", [[], ["--survey", "generic"]])
def test_options_of_descriptions_are_refused_without_one(
    tmp_path: Path, options: list[str], survey: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    fill(DirectoryTree(tmp_path), {"a.fits": an_image()})
    assert main(["archive", "index", str(tmp_path), *survey, *options]) == 2
    assert options[0] in capsys.readouterr().err


def test_the_description_that_is_made_is_one_to_go_on_with(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path / "x")
    fill(
        tree,
        {"a.fits": an_image(FILTER="r DECam c0002"), "b.fits": an_image(FILTER="g"), "c.fits": an_image()},
    )
    assert main(["archive", "index", str(tree.root)]) == 0
    (made,) = tree.root.glob("inventory/*/*/survey.toml")
    description = tmp_path / "mine.toml"
    description.write_text(made.read_text())
    assert main(["survey", "check", str(description), str(tree.root)]) == 0
    assert main(["archive", "index", str(tree.root), "--survey", str(description)]) == 0
