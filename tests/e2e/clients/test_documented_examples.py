"""The examples of docs/usage.md and docs/client.md run as they stand, on the local stack."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.deploy import ROOT
from local.stack import Stack

pytestmark = pytest.mark.e2e

USAGE = (ROOT / "docs" / "usage.md").read_text()
CLIENT = (ROOT / "docs" / "client.md").read_text()
INDENTED = re.compile(r"(?:^    .*\n)+", re.M)
CURL = [block for block in INDENTED.findall(USAGE) if block.strip().startswith("curl")]
PYTHON = re.findall(r"```python\n(.*?)```", CLIENT, re.S)
SHELL = INDENTED.findall(CLIENT[CLIENT.index("## In the shell") :])[:2]
# Two positions of the sample sky, in each kind of table that the pages name.
TARGETS = "ra,dec\n65.4976,19.5351\n346.2360,12.3229\n"
# What another program would print, and a scan and field that the sample does not hold.
LEFT_OUT = ("some-query", "--center M83 --diameter 2", "skybatch cancel")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "targets.csv").write_text(TARGETS)
    (tmp_path / "targets.tbl").write_text(TARGETS)
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "skybatch"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m skybatch.cli "$@"\n')
    command.chmod(0o755)
    return tmp_path


def run(stack: Stack, folder: Path, script: str) -> str:
    """Run lines in a shell that knows the server; the first that fails ends it."""
    paths = [str(ROOT / "layers/skybatch/python"), str(ROOT)]
    environment = os.environ | {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(paths),
        "SKYBATCH_SERVER": stack.url,
        "HOME": str(folder),
    }
    told = script.replace("http://127.0.0.1:8080", stack.url).replace("https://sky.example.org", stack.url)
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail"],
        input=told,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{told}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("block", CURL)
def test_calls_by_curl_are_answered(stack: Stack, folder: Path, block: str) -> None:
    said = run(stack, folder, block.replace("curl ", "curl --silent --show-error --fail-with-body "))
    if "-d '{" in block or "-F email" in block:
        assert json.loads(said)["status_url"].startswith(stack.url)
    for written in re.findall(r"> (\S+)$", block, re.M):
        assert (folder / written).read_text().lstrip().startswith("<")


def test_the_python_of_the_client_brings_images(stack: Stack, folder: Path) -> None:
    (example,) = PYTHON
    run(stack, folder, f"{sys.executable} - <<'END'\n{example}\nEND\n")
    assert len(list((folder / "results" / "images").iterdir())) >= 2


@pytest.mark.parametrize("block", SHELL, ids=["single commands", "step by step"])
def test_the_commands_of_the_client_run(stack: Stack, folder: Path, block: str) -> None:
    lines = [line for line in block.splitlines() if not any(words in line for words in LEFT_OUT)]
    # A batch that left nothing has nothing to resubmit, which the command says, with the code of an error.
    nothing_left = re.compile(r"^(\s*skybatch resubmit[^#]*).*$")
    lines = [nothing_left.sub(r"\1 || test $? -eq 4", line) for line in lines]
    run(stack, folder, "\n".join(lines))
    assert list((folder / "results" / "images").iterdir())


def test_there_are_examples() -> None:
    assert len(CURL) >= 4
    assert len(SHELL) == 2
