"""Fixtures for every floor of tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.batches.stacks import service, stack, start_stack

__all__ = ["service", "stack", "start_stack", "survey_data"]

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def survey_data() -> Path:
    """The folder of genuine survey images and Quicklooks; skips where the machine has none."""
    folder = Path(os.environ.get("SKYBATCH_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "archive").is_dir():
        pytest.skip(f"no genuine survey images at {folder} (set SKYBATCH_DATA)")
    return folder
