"""Programs run with a disk of a few megabytes, which is full before they expect it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.batches.template import ROOT

# In a namespace of its own, so that the mount is seen by nobody else and gone with the process.
MOUNT = 'mount -t tmpfs -o "size=$2k" tmpfs "$1" && shift 2 && exec "$@"'


def run_on_small_disk(folder: Path, kilobytes: int, code: str, *arguments: str) -> str:
    """Run Python code with a disk of so many kilobytes mounted at ``folder``; return what it prints.

    Skips the test where no namespace can be had.
    """
    unshare = shutil.which("unshare")
    if (
        unshare is None
        or subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("a namespace with a disk of its own cannot be made here")
    command = [unshare, "-rm", "sh", "-c", MOUNT, "sh", str(folder), str(kilobytes)]
    paths = os.pathsep.join((str(ROOT), str(ROOT / "layers/skybatch/python")))
    ended = subprocess.run(
        [*command, sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
