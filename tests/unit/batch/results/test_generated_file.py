"""Files made in memory carry the checksum of their bytes."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from skybatch.batch.results.generated_file import MEMORY_BYTES, PIECE_BYTES, GeneratedFile


@pytest.mark.skipif(not shutil.which("md5sum"), reason="md5sum is not installed")
def test_the_checksum_is_that_of_md5sum(tmp_path: Path) -> None:
    file = GeneratedFile("a.txt", "a\u00e9\n".encode(), "text/plain")
    (tmp_path / file.name).write_bytes(file.body)
    summed = subprocess.run(["md5sum", tmp_path / file.name], capture_output=True, text=True, check=True)
    assert summed.stdout.split()[0] == file.md5


SIZES = [0, 1, MEMORY_BYTES, MEMORY_BYTES + 1, MEMORY_BYTES + PIECE_BYTES + 7]


@pytest.mark.parametrize("size", SIZES)
def test_bytes_come_back_as_they_were_taken_wherever_they_are_kept(size: int) -> None:
    body = random.Random(size).randbytes(size)
    chunks = [body[n : n + 300_000] for n in range(0, size, 300_000)]
    file = GeneratedFile("a", iter(chunks), "text/plain")
    assert (file.size, file.is_long) == (size, size > MEMORY_BYTES)
    assert file.body == body
    assert file.md5 == hashlib.md5(body).hexdigest()
    assert max(map(len, file.pieces()), default=0) <= max(PIECE_BYTES, MEMORY_BYTES)


def test_readers_of_a_long_file_do_not_disturb_each_other() -> None:
    body = random.Random(1).randbytes(MEMORY_BYTES * 2)
    file = GeneratedFile("a", body, "text/plain")
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: hashlib.md5(b"".join(file.pieces())).hexdigest(), range(16))) == {
            file.md5
        }
