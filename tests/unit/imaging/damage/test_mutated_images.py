"""Changed files of every kind: typed errors, no crash, no hang, memory within bounds."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SECONDS = 2.0
"""CPU time of one file, in each way to read it."""
MEGABYTES = 600


def assert_typed(count: int) -> None:
    command = [sys.executable, "-m", "tests.support.images.mutated_images", str(count)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(run.stdout)
    assert set(found["outcomes"]) == {"read", "source_damaged", "source_unsupported", "source_differs"}
    assert sum(found["outcomes"].values()) == 5 * count
    assert found["seconds"] < SECONDS
    assert found["megabytes"] < MEGABYTES


def test_changed_files_are_typed_errors() -> None:
    assert_typed(400)


@pytest.mark.soak
def test_five_thousand_changed_files_are_typed_errors() -> None:
    assert_typed(5000)
