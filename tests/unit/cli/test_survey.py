"""`skybatch survey`: descriptions checked, with exit codes for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skybatch.cli.command_line import main
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.described import allwise_tree
from tests.support.survey.described.allwise_table import allwise_table, table_text
from tests.support.survey.described.first_tree import description, fill


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "first.toml"
    path.write_text(description())
    return path


def test_a_right_description_ends_with_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["survey", "check", str(file)]) == 0
    assert "FIRST" not in capsys.readouterr().err


def test_every_broken_rule_is_named_and_ends_with_3(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(description().replace("[0-9]{5}[+-]", ".*").replace("short =", "shrt ="))
    assert main(["survey", "check", str(file)]) == 3
    assert "first.toml: shrt: " in capsys.readouterr().err


def test_a_description_in_another_encoding_ends_with_3(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(b"title = '\xe9'\n")
    assert main(["survey", "check", str(file)]) == 3
    assert main(["archive", "index", str(tmp_path), "--survey", str(file)]) == 3
    assert capsys.readouterr().err.count("first.toml: ") == 2


def test_a_tree_is_tried(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(DirectoryTree(tmp_path / "tree"))
    assert main(["survey", "check", str(file), str(tmp_path / "tree")]) == 0
    assert "3 images" in capsys.readouterr().out
    (tmp_path / "tree/first/first/images/notes.txt").write_text("x")
    assert main(["survey", "check", str(file), str(tmp_path / "tree")]) == 3
    assert "notes.txt" in capsys.readouterr().err


def test_a_packaged_survey_is_named_by_its_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = DirectoryTree(tmp_path)
    allwise_tree.fill(tree, pixels=32)
    assert main(["survey", "check", "allwise", str(tmp_path)]) == 0
    assert "allwise: 16 images, 16 companions, 34 ignored" in capsys.readouterr().out
    index = ["archive", "index", str(tmp_path), "--survey", "allwise", "--images", str(tmp_path)]
    assert main(index) == 0
    assert "2 image sets" in capsys.readouterr().out
    assert main(["archive", "index", str(tmp_path), "--survey", "2mass"]) == 3


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    assert main(["survey", "check", str(tmp_path / "none.toml")]) == 2


def test_a_sample_has_at_least_one_header(file: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["survey", "check", str(file), str(tmp_path), "--headers", "-5"])
    assert ended.value.code == 2


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["survey", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Description of a survey"


def test_an_inventory_is_made_of_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree, table = tmp_path / "tree", tmp_path / "meta.tbl"
    allwise_tree.fill(DirectoryTree(tree))
    table.write_text(table_text(allwise_table()))
    index = ["archive", "index", str(tree)]
    assert main([*index, "--table", str(table)]) == 2
    more = ["--survey", "allwise", "--images", str(tree), "--table", str(table), "--existence", "probe"]
    assert main([*index, *more]) == 0
    assert "2 image sets, 8 images" in capsys.readouterr().out
