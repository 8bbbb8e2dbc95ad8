"""Files made in memory carry the checksum of their bytes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from skybatch.batch.results.generated_file import GeneratedFile


@pytest.mark.skipif(not shutil.which("md5sum"), reason="md5sum is not installed")
def test_the_checksum_is_that_of_md5sum(tmp_path: Path) -> None:
    file = GeneratedFile("a.txt", "a\u00e9\n".encode(), "text/plain")
    (tmp_path / file.name).write_bytes(file.body)
    summed = subprocess.run(["md5sum", tmp_path / file.name], capture_output=True, text=True, check=True)
    assert summed.stdout.split()[0] == file.md5
