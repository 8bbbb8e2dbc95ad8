"""Long: a chain of more than 1 GB, fetched whole. How fast is a matter of `make bench`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import Plan, Stack, running_stack
from skybatch import Client
from skybatch.client import BatchStatus
from tests.bench.sample_field import DATASET, DATE, HEMISPHERE, IMAGE, make_strip
from tests.e2e.clients.test_client import verified

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

SETS = 240
MOST_MEMORY = 250_000_000
# VmHWM is the peak of this program alone; ru_maxrss keeps that of whoever started it.
MEASURED = """
import re, sys
from pathlib import Path
from skybatch.cli import main
code = main(sys.argv[1:])
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]))
sys.exit(code)
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("gigabyte")
    assert make_strip(folder / "archive", SETS, "jhk") > 1_050_000_000
    with running_stack(Plan(folder / "stack", archive=folder / "archive")) as running:
        yield running
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def first(stack: Stack) -> BatchStatus:
    """The first part: 1 GB, less at most an image."""
    scans = "\n".join(
        ["xdate,hem,scan,image", *(f"{DATE},{HEMISPHERE},{n},{IMAGE}" for n in range(1, SETS + 1))]
    )
    with Client(stack.url) as client:
        status = client.wait(client.submit(f"{scans}\n", mode="scans", dataset=DATASET), timeout=600)
    assert 990_000_000 < status.bytes <= 1_000_000_000
    return status


def test_one_gigabyte_comes_whole_in_bounded_memory(stack: Stack, first: BatchStatus, tmp_path: Path) -> None:
    words = ["download", first.batch_id, str(tmp_path), "--server", stack.url, "--quiet"]
    told = subprocess.run(
        [sys.executable, "-c", MEASURED, *words], capture_output=True, text=True, check=False
    )
    assert told.returncode == 3, told.stderr  # there is a second part
    assert int(told.stdout.splitlines()[-1]) < MOST_MEMORY
    assert len(verified(tmp_path)) == first.images.retrieved


def test_the_chain_of_more_than_a_gigabyte_comes_to_its_end(
    stack: Stack, first: BatchStatus, tmp_path: Path
) -> None:
    with Client(stack.url) as client:
        parts = list(client.download_parts(first, tmp_path))
    assert len(parts) == 2
    assert sum(len(verified(part.directory)) for part in parts) == 3 * SETS
    assert sum(part.status.bytes for part in parts) > 1_000_000_000
