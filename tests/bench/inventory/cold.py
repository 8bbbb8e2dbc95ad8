"""Cold starts of the inventory and its rivals, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.bench.harness import Bench
from tests.bench.inventory.questions import ROWS

ROOT = Path(__file__).resolve().parents[3]
COLD_RUNS = 7
Cold = tuple[float, float, int]

# What one fresh process does after importing numpy; it prints milliseconds and its peak memory.
COLD = """
import json, time
from pathlib import Path
import numpy
start = time.perf_counter()
{work}
elapsed = (time.perf_counter() - start) * 1e3
# Not ru_maxrss: a child inherits that from whoever started it.
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps([elapsed, peak, len(found)]))
"""
COLD_OURS = """
from skybatch.inventory.inventory import Inventory
from skybatch.sky.regions import Circle
from skybatch.storage.directory_tree import DirectoryTree
found = Inventory.open(DirectoryTree(Path({path!r})), "asky").in_region(
    Circle(100.0, -40.0, {diameter} / 2), "overlap"
)
"""
COLD_STORE = """
import os
os.environ["SKYBATCH_CACHE"] = {cache!r}
from obstore.store import LocalStore
from skybatch.inventory.inventory import Inventory
from skybatch.sky.regions import Circle
from skybatch.storage.bucket_tree import BucketTree
inventory = Inventory.open(BucketTree(LocalStore({path!r})), "asky")
inventory.details(inventory.in_region(Circle(100.0, -40.0, 3.5), "overlap")).loaded()
rng = numpy.random.default_rng(3)
ra, dec = rng.uniform(0, 360, {rows}), numpy.degrees(numpy.arcsin(rng.uniform(-1, 1, {rows})))
found = inventory.details(inventory.positions(ra, dec).set_index).loaded()
"""
COLD_RIVAL = """
from tests.bench.inventory.rivals import {name}
found = {name}(Path({path!r}), numpy.load({shapes!r})).region(100.0, -40.0, {diameter})
"""


def measure_first_region(bench: Bench, folder: Path, diameter: float, rivals: Iterable[str]) -> None:
    """Open and look up a first region, by ours and by rivals whose files lie in the folder."""
    works = {"ours": COLD_OURS.format(path=str(folder), diameter=diameter)}
    for name in rivals:
        works[name] = COLD_RIVAL.format(
            name=name, path=str(folder / name), shapes=str(folder / "shapes.npy"), diameter=diameter
        )
    runs: dict[str, list[Cold]] = {name: [] for name in works}
    for _ in range(COLD_RUNS + 1):
        for name, work in works.items():
            runs[name].append(_fresh(work, folder))
    # The first run of each wrote the byte code that later ones load, as an installed package has it.
    medians = {name: statistics.median(run[0] for run in done[1:]) for name, done in runs.items()}
    what = f"cold: open + first region of {diameter:g} deg, after numpy's import"
    bench.add(what, medians["ours"], at_most=60.0)
    bench.add(f"{what}: peak memory", max(run[1] for run in runs["ours"]), unit="MB", at_most=150.0)
    for name in rivals:
        if runs[name][0][2] != runs["ours"][0][2]:
            raise AssertionError(f"the answers differ: {what}, {name}")
        # Mostly Python's imports on both sides: printed, without a target.
        bench.add(f"{what}, against {name}", medians["ours"], reference=medians[name], target="-")


def measure_object_store(bench: Bench, folder: Path) -> None:
    """From an object store (files stand in for one: the network is not measured) and an empty cache."""
    runs = []
    for number in range(COLD_RUNS):
        work = COLD_STORE.format(path=str(folder), cache=str(folder / f"cache{number}"), rows=ROWS)
        runs.append(_fresh(work, folder))
        shutil.rmtree(folder / f"cache{number}")
    what = f"cold from an object store: 7 deg region, {ROWS} positions and their details"
    bench.add(what, statistics.median(run[0] for run in runs[1:]))
    bench.add(f"{what}: peak memory", max(run[1] for run in runs), unit="MB", at_most=512.0)


def _fresh(work: str, folder: Path) -> Cold:
    """Milliseconds, peak memory in MB, and how many sets were found, of one new process."""
    environment = {
        **os.environ,
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", COLD.format(work=work)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    elapsed, peak, found = json.loads(done.stdout)
    return elapsed, peak, found
