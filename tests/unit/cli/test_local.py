"""`skybatch local`: options, exit codes, progress."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from skybatch.cli import main
from skybatch.cli.local import Lines
from skybatch.cli.terminal.output import COMPLETE, FAILED, INCOMPLETE, INTERRUPTED, USAGE
from tests.support.survey.archive_on_disk import write_tree
from tests.support.survey.sample_archive import MadeArchive


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tree(MadeArchive(), tmp_path_factory.mktemp("archive"))


def run(tmp_path: Path, tree: Path, table: str, *options: str) -> int:
    (tmp_path / "targets.csv").write_text(table)
    command = ["local", str(tmp_path / "targets.csv"), "--archive", str(tree), "--out", str(tmp_path / "out")]
    return main([*command, "--processes", "1", *options])


def test_a_batch_ends_with_its_status(tmp_path: Path, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, tree, "ra,dec,size\n180.0,20.0,50\n", "--bands", "J", "--json") == COMPLETE
    status = json.loads(capsys.readouterr().out)
    assert status["state"] == "complete"
    assert {file["url"] for file in status["files"]} == {file["name"] for file in status["files"]}
    assert (tmp_path / "out" / "images.tar").is_file()


def test_progress_is_told_line_by_line(
    tmp_path: Path, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, tree, "ra,dec,size\n180.0,20.0,50\n")
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in told] == ["planning", "running", "packaging"]
    run(tmp_path, tree, "ra,dec,size\n180.0,20.0,50\n", "--quiet")
    assert capsys.readouterr().err == ""


def test_failed_images_make_it_incomplete(tmp_path: Path, tree: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    archive = MadeArchive()
    damaged = write_tree(archive, other)
    (damaged / archive.key(0, "j")).write_bytes(b"damaged")
    assert run(tmp_path, damaged, "ra,dec,size\n180.0,20.0,50\n180.0,20.2,50\n") == INCOMPLETE


@pytest.mark.parametrize(
    ("table", "options"), [("ra,dec\n10,95\n", ()), ("ra,dec\n180,20\n", ("--dataset", "sx"))]
)
def test_what_cannot_be_done_fails(tmp_path: Path, tree: Path, table: str, options: tuple[str, ...]) -> None:
    assert run(tmp_path, tree, table, *options) == FAILED


@pytest.mark.parametrize("options", [("--processes", "0"), ("--archive", "/nowhere"), ("--email", "a@b.org")])
def test_usage_errors(tmp_path: Path, tree: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, tree, "ra,dec\n180,20\n", *options)
    assert ended.value.code == USAGE


def test_lines_come_for_a_state_and_for_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for done in (1, 2, 3):
        lines("running", done, 1, 4)
    told = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in told] == ["2", "4"]


def test_an_archive_without_inventory_is_told_with_the_command_that_makes_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "archive").mkdir()
    assert run(tmp_path, tmp_path / "archive", "ra,dec\n180,20\n") == FAILED
    assert f"skybatch archive index {tmp_path / 'archive'}" in capsys.readouterr().err


@pytest.mark.parametrize("state", ["planning", "running"])
def test_ctrl_c_ends_all_processes_in_a_line(tmp_path: Path, tree: Path, state: str) -> None:
    table = tmp_path / "targets.csv"
    table.write_text("ra,dec,size\n" + "".join(f"180.0,{19.9 + n / 9000:.5f},40\n" for n in range(1500)))
    command = [sys.executable, "-m", "skybatch.cli", "local", str(table), "--archive", str(tree)]
    command += ["--out", str(tmp_path / "out"), "--processes", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith(state):
            pass
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        told = process.stderr.read()
    assert process.returncode == INTERRUPTED
    assert "Traceback" not in told
    assert "continues where it stopped" in told
