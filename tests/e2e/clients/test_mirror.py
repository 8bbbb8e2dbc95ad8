"""An operator fills an archive from another server: here ours, by its archive-compatible endpoints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local.stack import Stack

pytestmark = pytest.mark.e2e


def archive_command(*words: str) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "skybatch.cli", "archive", *words], capture_output=True, text=True, timeout=120
    )
    assert made.returncode == 0, made.stderr
    return made.stdout + made.stderr


def images(tree: Path) -> dict[str, bytes]:
    return {p.relative_to(tree).as_posix(): p.read_bytes() for p in tree.rglob("image/*.fits.gz")}


def test_a_region_is_mirrored_from_a_server_and_indexed(stack: Stack, tmp_path: Path) -> None:
    words = ("mirror", str(tmp_path), stack.url, "--region", "65.497627", "19.535070", "0.05", "--pause", "0")
    archive_command(*words)
    mirrored = images(tmp_path)
    there = images(stack.archive)
    assert mirrored
    assert mirrored.items() <= there.items()
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.fits.gz")}
    archive_command(*words)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.fits.gz")} == written
    archive_command("index", str(tmp_path), "--dataset", "asky")
    assert (tmp_path / "inventory/asky/current").is_file()
