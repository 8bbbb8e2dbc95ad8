"""A sky position is a value that light code can use."""

from __future__ import annotations

import subprocess
import sys

from skybatch.sky.position import SkyPosition


def test_equal_positions_are_one_key() -> None:
    assert len({SkyPosition(10.5, -3.0), SkyPosition(10.5, -3.0), SkyPosition(10.5, 3.0)}) == 2


def test_its_import_brings_no_numpy() -> None:
    """Requests and name services hold positions; they start in functions that compute nothing."""
    script = "import sys, skybatch.sky.position; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
