"""CONTRIBUTING.md: its worked examples, applied to a copy of the project as they stand, do what it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.deploy import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text()
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", GUIDE, re.M | re.S))
COPIED = ("layers", "tests", "tools", "local", "functions", "docs", "events", "statemachine")
FILES = ("pyproject.toml", "template.yaml", "Makefile", "README.md", "CHANGELOG.md", "CITATION.cff")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, without what was built."""
    built = shutil.ignore_patterns("__pycache__", "_build", "generated")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=built)
    for file in FILES:
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def changes(section: str) -> list[str]:
    return re.findall(r"^```diff\n(.*?)^```", SECTIONS[section], re.M | re.S)


def apply(project: Path, change: str) -> None:
    command = ["git", "apply", "--unidiff-zero", "-C1", "-"]
    outside = os.environ | {"GIT_CEILING_DIRECTORIES": str(project.parent)}
    done = subprocess.run(
        command, cwd=project, input=change, capture_output=True, text=True, check=False, env=outside
    )
    assert done.returncode == 0, f"{done.stderr}\n{change}"


def run(project: Path, command: str) -> int:
    """Run a line of the guide with this interpreter; of ``make test``, the tests that it chooses."""
    words = shlex.split(command)
    sink = None
    if words[:2] == ["make", "test"]:
        words = [
            "python",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *shlex.split(words[2].partition("=")[2]),
        ]
    if ">" in words:
        sink = project / words.pop()
        words.pop()
    path = os.pathsep.join([str(project / "layers/skybatch/python"), str(project)])
    done = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=project,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if sink is not None:
        sink.write_text(done.stdout)
    return done.returncode


@pytest.mark.parametrize(
    ("section", "test"),
    [
        ("How to add a column to a table", "tests/unit/batch/results/test_tables.py"),
        ("How to add a route", "tests/unit/api/routes/test_service.py"),
    ],
)
def test_an_example_leads_from_a_failing_test_to_a_passing_one(
    project: Path, section: str, test: str
) -> None:
    the_test, *rest = changes(section)
    apply(project, the_test)
    assert run(project, f"make test PYTEST='{test}'") == 1
    for change in rest:
        apply(project, change)
    commands = re.findall(r"^    ((?:python|make) .*)$", SECTIONS[section], re.M)
    assert len(commands) == 2
    assert [run(project, command) for command in commands] == [0, 0]


def test_every_section_on_adding_names_files_that_exist() -> None:
    named = re.findall(r"`((?:skybatch|tests|api|requests|tools|docs|surveys|functions)/[\w/]+\.\w+)`", GUIDE)
    roots = (ROOT, ROOT / "layers/skybatch/python", ROOT / "layers/skybatch/python/skybatch")
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []
    assert len(named) > 5
