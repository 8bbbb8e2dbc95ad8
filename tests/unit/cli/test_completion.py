"""The completion scripts complete, in the shells that are here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from skybatch.cli import main


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", "bash"]) == 0
    path = tmp_path / "skybatch.bash"
    path.write_text(capsys.readouterr().out)
    return path


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("skybatch sub", {"submit"}),
        ("skybatch archive ", {"index", "import", "mirror", "quicklooks", "repack"}),
        ("skybatch submit t.csv --rel", {"--relation"}),
        ("skybatch submit --relation ", {"overlap", "cover", "enclosed"}),
        ("skybatch plan --dataset as", {"asky", "askyw"}),
        ("skybatch download --all", {"--all-parts"}),
        ("skybatch completion ", {"bash", "zsh", "fish"}),
        ("skybatch decompress image.fi", set()),
    ],
)
def test_bash_completes(script: Path, line: str, completed: set[str]) -> None:
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    words = line.split(" ")
    quoted = " ".join(f'"{word}"' for word in words)
    where = f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}"
    ask = f"source {script}; {where}; _skybatch; echo ${{COMPREPLY[@]}}"
    told = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert told.stderr == ""
    options = words[-1].startswith("-")
    assert {word for word in told.stdout.split() if options or not word.startswith("-")} == completed


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_read_their_script(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert "--relation" in text or "-l relation" in text
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here to read it")
    path = tmp_path / "script"
    path.write_text(text)
    subprocess.run([shell, "-n", str(path)], check=True)
