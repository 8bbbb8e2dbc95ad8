"""The commands of an operator: their output and exit codes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from skybatch.cli import main
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key
from tests.support.images.fits_files import gzipped, make_image

FIRST = ImageId("askyw", "980321", "n", 106, 9, "j")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for number in (9, 21):
        image = gzipped(make_image(nx=64, ny=96, cards={"SCANNO": 106}))
        DirectoryTree(tmp_path).write(atlas_key(replace(FIRST, image=number)), image)
    return tmp_path


def test_index_says_what_it_did_and_that_the_keys_are_our_own(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "index", str(tree), "--dataset", "askyw"]) == 0
    output = capsys.readouterr().out
    assert "2 image sets, 2 images stored, 0 Quicklooks" in output
    assert "2 image sets have our own numbers as coadd keys" in output
    assert Inventory.open(DirectoryTree(tree), "askyw").size == 2


def test_every_data_set_of_the_tree_is_indexed_by_default(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = gzipped(make_image(nx=64, ny=96, cards={"SCANNO": 106}))
    DirectoryTree(tree).write(atlas_key(replace(FIRST, dataset="sx")), image)
    assert main(["archive", "index", str(tree)]) == 0
    output = capsys.readouterr().out
    assert "askyw: inventory " in output
    assert "sx: inventory " in output
    assert [Inventory.open(DirectoryTree(tree), dataset).size for dataset in ("askyw", "sx")] == [2, 1]


def test_skipped_files_are_named_and_counted_where_an_inventory_was_published(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = atlas_key(replace(FIRST, image=33))
    DirectoryTree(tree).write(bad, b"rubbish")
    assert main(["archive", "index", str(tree), "--dataset", "askyw"]) == 0
    errors = capsys.readouterr().err
    assert f"skipped {bad}: not FITS" in errors
    assert "1 file or image was skipped" in errors


def test_where_nothing_was_published_the_exit_code_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    DirectoryTree(tmp_path).write(atlas_key(FIRST), b"rubbish")
    assert main(["archive", "index", str(tmp_path)]) == 1
    assert "the only file was skipped" in capsys.readouterr().err


def test_a_data_set_that_is_not_there_is_refused_naming_those_that_are(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "index", str(tree), "--dataset", "asky"]) == 1
    assert "the tree holds askyw" in capsys.readouterr().err


def test_import_and_quicklooks_run(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "table.csv"
    table.write_text(
        "ordate,hemisphere,scanno,coaddno,filter,coadd_key,ra,dec,naxis1,naxis2,crota2\n"
        "980321,n,106,9,j,77,180.0,20.0,64,96,0.01\n"
    )
    assert main(["archive", "import", str(tree), str(table), "--dataset", "askyw"]) == 1
    assert "in no metadata table" in capsys.readouterr().err
    assert Inventory.open(DirectoryTree(tree), "askyw").by_coadd_key([77]).tolist() == [0]
    assert main(["archive", "quicklooks", str(tree), "--dataset", "askyw"]) == 0
    assert "2 Quicklooks made, 0 existed already; inventory " in capsys.readouterr().out


def test_errors_are_one_line_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "index", str(tmp_path), "--dataset", "cal"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("skybatch: no image of data set cal could be indexed: there is none")
    listing = tmp_path / "list"
    listing.write_text("nonsense\n")
    assert main(["archive", "mirror", str(tmp_path), "http://127.0.0.1:9", "--list", str(listing)]) == 1
    assert capsys.readouterr().err == "skybatch: line 1: not the key of an image: nonsense\n"


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["archive"],
        ["archive", "index"],
        ["archive", "index", "tree", "--dataset", "dss"],
        ["archive", "index", "tree", "--in-flight", "0"],
        ["archive", "mirror", "tree", "http://h"],
        ["archive", "mirror", "tree", "http://h", "--region", "1", "nan", "3"],
    ],
)
def test_wrong_usage_exits_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(wrong)
    assert stopped.value.code == 2
    assert "usage: skybatch" in capsys.readouterr().err
