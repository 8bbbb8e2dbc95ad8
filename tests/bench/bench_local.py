"""`skybatch local` on two cores, beside ESA's Cutana, and from 2,500 crops to 100,000.

Whole processes, from the command to files on the disk, over the same plain images; where both cut the same
pixels, these are compared. Cutana has an environment of its own (`make bench` makes it).
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from skybatch.cli import main as skybatch
from tests.bench.harness import Bench
from tests.bench.sample_field import make_strip, number_at, positions, stored_path

ROOT = Path(__file__).resolve().parents[2]
CUTANA = ROOT / "build" / "cutana" / "bin" / "python"
SETS, EACH, MANY = 250, 10, 400
PIXELS = 50
RUNS = 3
PROCESSES = "2"
MOST_MEGABYTES = 600

Positions = list[tuple[float, float]]


def run(bench: Bench) -> None:
    """The same positions by both, then forty times as many by ours."""
    with tempfile.TemporaryDirectory(prefix="skybatch-bench-") as scratch:
        folder = Path(scratch)
        make_strip(folder / "archive", SETS, ["j"], plain=True)
        skybatch(["archive", "index", str(folder / "archive")])
        wanted = positions(SETS, EACH)
        ours = [local(folder, wanted) for _ in range(RUNS)]
        seconds = statistics.median(each[0] for each in ours)
        job = f"{len(wanted)} crops of {SETS} plain images"
        if CUTANA.exists():
            theirs = statistics.median(cutana(folder, wanted) for _ in range(RUNS))
            same = compare(folder, wanted)
            name = f"`skybatch local`, {job}, beside Cutana ({same} crops of the same pixels, equal)"
            bench.add(name, seconds, unit="s", reference=theirs, ratio_at_least=20)
        else:
            bench.add(f"`skybatch local`, {job}", seconds, unit="s")
            bench.skip(f"Cutana: there is no {CUTANA}")
        many = positions(SETS, MANY)
        longer, peak = local(folder, many)
        cost, cost_of_many = 1e3 * seconds / len(wanted), 1e3 * longer / len(many)
        name = f"a crop of {len(many):,}, beside one of {len(wanted):,}"
        bench.add(name, cost_of_many, reference=cost, ratio_at_most=1.1)
        peaks = max(peak, *(each[1] for each in ours))
        bench.add(f"{len(many):,} crops, peak of all processes", peaks, unit="MB", at_most=MOST_MEGABYTES)


def local(folder: Path, wanted: Positions) -> tuple[float, float]:
    """Seconds of the command, and the most memory that its processes held together, in MB."""
    table, out = folder / "targets.csv", folder / "ours"
    rows = "".join(f"{ra!r},{dec!r},{PIXELS}\n" for ra, dec in wanted)
    table.write_text(f"ra,dec,size\n{rows}")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "skybatch.cli", "local", str(table), "--bands", "J", "--quiet"]
    command += ["--archive", str(folder / "archive"), "--out", str(out), "--processes", PROCESSES]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        watch = Watch(process.pid)
        code = process.wait()
        took = time.perf_counter() - began
    if code:
        raise AssertionError(f"skybatch local ended with {code}")
    return took, watch.stop()


class Watch:
    """Follows the memory that the processes of a session take together, in MB."""

    def __init__(self, session: int) -> None:
        self.session, self.peak, self.ends = session, 0.0, threading.Event()
        self.thread = threading.Thread(target=self._follow, daemon=True)
        self.thread.start()

    def _follow(self) -> None:
        while not self.ends.wait(0.2):
            self.peak = max(self.peak, sum(map(self._megabytes, Path("/proc").glob("[0-9]*"))))

    def _megabytes(self, process: Path) -> float:
        """Memory of a process, shared pages by their share (PSS); none where it is of another session."""
        try:
            if int((process / "stat").read_text().rpartition(")")[2].split()[3]) != self.session:
                return 0.0
            lines = (process / "smaps_rollup").read_text().splitlines()
        except OSError:  # it has ended
            return 0.0
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6

    def stop(self) -> float:
        """End, and tell the most that was seen."""
        self.ends.set()
        self.thread.join()
        return self.peak


def cutana(folder: Path, wanted: Positions) -> float:
    """Seconds of Cutana's orchestrator, writing a FITS file a position."""
    catalogue, out = folder / "catalogue.csv", folder / "theirs"
    with catalogue.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["SourceID", "RA", "Dec", "diameter_pixel", "fits_file_paths"])
        for n, (ra, dec) in enumerate(wanted):
            path = stored_path(folder / "archive", number_at(ra), "j", plain=True)
            rows.writerow([f"s{n:05d}", ra, dec, PIXELS, json.dumps([str(path)])])
    shutil.rmtree(out, ignore_errors=True)
    command = [str(CUTANA), str(ROOT / "tests/bench/cutana_run.py"), str(catalogue), str(out), PROCESSES]
    began = time.perf_counter()
    subprocess.run(command, check=True, cwd=folder, capture_output=True)
    return time.perf_counter() - began


def compare(folder: Path, wanted: Positions) -> int:
    """Count the crops whose pixels are equal where both have the same sky; raise unless all are.

    Cutana's boxes begin a pixel or none elsewhere, as their CRPIX says.
    """
    theirs = {path.name.split("_")[3][8:]: path for path in (folder / "theirs").rglob("*.fits")}
    same = 0
    with tarfile.open(folder / "ours" / "images.tar") as archive:
        for member in archive:
            if "/images/" not in member.name:
                continue
            number = int(member.name.split("/")[2][:4]) - 1
            content = archive.extractfile(member)
            assert content is not None
            same += _same_pixels(content.read(), theirs[f"s{number:05d}"])
    if same < len(wanted):
        raise AssertionError(f"only {same} of {len(wanted)} crops hold the same pixels")
    return same


def _same_pixels(ours: bytes, theirs: Path) -> bool:
    with fits.open(io.BytesIO(ours)) as mine, fits.open(theirs) as other:
        image = next(hdu for hdu in other if hdu.data is not None)
        a, b = mine[0].data, np.squeeze(image.data)
        dx, dy = (round(image.header[name] - mine[0].header[name]) for name in ("CRPIX1", "CRPIX2"))
        a, b = _shifted(a, b, dx, 1), _shifted(b, a, -dx, 1)
        a, b = _shifted(a, b, dy, 0), _shifted(b, a, -dy, 0)
        return bool(max(abs(dx), abs(dy)) <= 1 and np.array_equal(a, b))


def _shifted(image: Any, other: Any, shift: int, axis: int) -> Any:
    """The part of an image that another has too, which begins ``shift`` pixels before it."""
    first, last = max(0, -shift), min(image.shape[axis], other.shape[axis] - shift)
    return np.take(image, range(first, last), axis)
