"""The completion scripts, run by the shells that are installed."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from skybatch.cli import main, make_parser
from skybatch.cli.completion import SHELLS, complete_paths

COMPLETIONS = [
    ("skybatch sub", {"submit"}),
    ("skybatch archive ", {"index", "import", "mirror", "quicklooks", "repack"}),
    ("skybatch submit targets.csv --rel", {"--relation"}),
    ("skybatch submit --relation ", {"overlap", "cover", "enclosed"}),
    ("skybatch plan --dataset as", {"asky", "askyw"}),
    ("skybatch download --all", {"--all-parts"}),
    ("skybatch completion ", {"bash", "zsh", "fish"}),
    ("skybatch decompress image.fi", {"image.fits.H"}),
    ("skybatch submit --download res", {"results"}),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a directory with a file and a directory to complete."""
    (tmp_path / "image.fits.H").touch()
    (tmp_path / "results").mkdir()
    return tmp_path


def script(shell: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert main(["completion", shell]) == 0
    path = folder / f"skybatch.{shell}"
    path.write_text(capsys.readouterr().out)
    return path


def output_of(shell: str, code: str, folder: Path) -> str:
    done = subprocess.run([shell, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(("line", "expected"), COMPLETIONS)
def test_bash_completes(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str, expected: set[str]
) -> None:
    words = line.split(" ")
    position = f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}"
    call = f"_shtab_skybatch skybatch {shlex.quote(words[-1])} {shlex.quote(words[-2])}"
    source = f"source {script('bash', folder, capsys)}"
    completed = output_of("bash", f"{source}; {position}; {call}; echo ${{COMPREPLY[@]}}", folder).split()
    options = words[-1].startswith("-")
    assert {word for word in completed if options or not word.startswith("-")} == expected


@pytest.mark.parametrize(("line", "expected"), COMPLETIONS)
def test_fish_completes(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str, expected: set[str]
) -> None:
    code = f"source {script('fish', folder, capsys)}; complete -C {shlex.quote(line)}"
    lines = output_of("fish", code, folder).splitlines()
    assert {line.partition("\t")[0].rstrip("/") for line in lines} == expected


def test_zsh_reads_its_script(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = script("zsh", folder, capsys)
    assert path.read_text().startswith("#compdef skybatch\n")
    subprocess.run(["zsh", "-n", str(path)], check=True)


def test_every_shell_of_the_command_gets_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    for shell in SHELLS:
        assert main(["completion", shell]) == 0
        text = capsys.readouterr().out
        assert "relation" in text
        assert "delete-originals" in text


def test_paths_are_marked_in_subparsers_too() -> None:
    parser = make_parser()
    complete_paths(parser)
    (subparsers,) = (action for action in parser._actions if action.choices)
    marked = {
        action.dest
        for action in subparsers.choices["submit"]._actions  # type: ignore[index]
        if hasattr(action, "complete")
    }
    assert marked == {"table", "download"}
