"""Fixtures for every floor of tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.aws.service_models import models_read_once
from tests.support.batches.stacks import service, skies, stack, start_stack

__all__ = ["client_folders", "service", "skies", "stack", "start_stack", "survey_data"]

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count coverage in unit tests alone: the functions of a stack run in processes of their own."""
    for item in items:
        if not item.path.is_relative_to(ROOT / "tests" / "unit"):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session", autouse=True)
def client_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the client keeps its configuration and its list of submissions: never in the home directory."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKYBATCH_CONFIG", str(folder / "config.toml"))
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def models_of_services() -> Iterator[None]:
    """Read the models of AWS's services once."""
    with models_read_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def interrupts() -> None:
    """Ctrl-C reaches the processes that tests start, also where a shell runs the tests in the background.

    Such a shell has them ignore SIGINT, which processes hand down; one with a handler hands down the default.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def survey_data() -> Path:
    """The folder of genuine survey images and Quicklooks; skips where the machine has none."""
    folder = Path(os.environ.get("SKYBATCH_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "archive").is_dir():
        pytest.skip(f"no genuine survey images at {folder} (set SKYBATCH_DATA)")
    return folder
