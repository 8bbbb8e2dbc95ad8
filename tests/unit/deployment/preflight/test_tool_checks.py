"""What packaging and deploying need on this machine."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from skybatch.deployment.findings import Level
from skybatch.deployment.preflight.tool_checks import check_tools
from tests.support.deployment.planned import levels, planned, set_clients

NOBODY = set_clients()


@pytest.fixture(autouse=True)
def no_pyenv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))


def test_all_that_is_needed_is_there() -> None:
    found = list(check_tools(planned(), NOBODY, which=lambda _: sys.executable))
    assert levels(found) == {"tools": Level.OK}


def test_without_the_aws_cli_nothing_is_deployed() -> None:
    (first, _) = check_tools(planned(), NOBODY, which=lambda name: None if name == "aws" else sys.executable)
    assert first.level is Level.ERROR


@pytest.mark.parametrize("python", [None, shutil.which("false")])
def test_without_a_python_that_runs_layers_are_not_compiled(python: str | None) -> None:
    found = list(
        check_tools(planned(), NOBODY, which=lambda name: sys.executable if name == "aws" else python)
    )
    assert [finding.level for finding in found] == [Level.OK, Level.WARNING]


def test_pythons_of_pyenv_count(tmp_path: Path) -> None:
    (tmp_path / "versions/3.13.1/bin").mkdir(parents=True)
    (tmp_path / "versions/3.13.1/bin/python3.13").symlink_to(sys.executable)
    found = list(check_tools(planned(), NOBODY, which=lambda name: sys.executable if name == "aws" else None))
    assert levels(found) == {"tools": Level.OK}
