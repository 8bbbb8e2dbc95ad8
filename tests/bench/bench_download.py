"""One gigabyte of results from the local stack to disk: the client, unpacking and verifying, beside curl."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from local.stack import Plan, Stack, running_stack
from skybatch import Client
from skybatch.client import BatchStatus
from tests.bench.harness import Bench
from tests.bench.sample_field import DATASET, DATE, HEMISPHERE, IMAGE, make_strip

SETS = 230
TURNS = 5


def run(bench: Bench) -> None:
    """In turns; the client as a command, its start included."""
    if shutil.which("curl") is None:
        bench.skip("a gigabyte beside curl: curl is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="skybatch-bench-") as scratch:
        folder = Path(scratch)
        make_strip(folder / "archive", SETS, "jhk")
        with running_stack(Plan(folder / "stack", archive=folder / "archive")) as stack:
            batch = a_gigabyte(stack)
            theirs, ours = [], []
            for turn in range(TURNS):
                url = f"{stack.url}/batches/{batch.batch_id}/files/images.tar"
                theirs.append(timed(["curl", "-sSfL", "-o", str(folder / "images.tar"), url]))
                into = folder / f"turn{turn}"
                words = ["download", batch.batch_id, str(into), "--server", stack.url, "--quiet"]
                ours.append(timed([sys.executable, "-m", "skybatch.cli", *words]))
                assert len(list((into / "images").iterdir())) == batch.images.retrieved
                shutil.rmtree(into)
    name = f"{batch.bytes / 1e6:.0f} MB downloaded, unpacked and verified, beside curl"
    bench.add(name, median(ours), unit="s", reference=median(theirs), ratio_at_most=1.3)


def a_gigabyte(stack: Stack) -> BatchStatus:
    """A batch of whole images, just under its limit."""
    rows = (f"{DATE},{HEMISPHERE},{n},{IMAGE}" for n in range(1, SETS + 1))
    table = "\n".join(["xdate,hem,scan,image", *rows]) + "\n"
    with Client(stack.url) as client:
        status = client.wait(client.submit(table, mode="scans", dataset=DATASET), timeout=600)
    if not 900_000_000 < status.bytes <= 1_000_000_000:
        raise AssertionError(f"the batch holds {status.bytes:,} bytes")
    return status


def timed(words: list[str]) -> float:
    """Seconds of a command that must do its job; what others wrote is on the disk before it begins."""
    os.sync()
    began = time.perf_counter()
    done = subprocess.run(words, check=False)
    if done.returncode not in (0, 3):  # the client's 3: there is a second part
        raise AssertionError(f"{words[0]} ended with {done.returncode}")
    return time.perf_counter() - began
