"""The whole job, positions to verified cutouts on disk: the client against the loop that people write.

The loop is astroquery's way: one search and one cutout request a position, eight at a time, connections
kept open. Both against the same local stack, which runs on the same cores.
"""

from __future__ import annotations

import csv
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from local.stack import Plan, running_stack
from skybatch import Client
from tests.bench.harness import Bench
from tests.bench.strip import make_strip, positions

SETS, EACH = 250, 10
SIZE = 50.0  # arcsec
AT_A_TIME = 8
DELAY = 0.1  # s, before each of the loop's requests: an archive across an ocean
RUNS = 3

Positions = list[tuple[float, float]]


def run(bench: Bench) -> None:
    """Both jobs, the client's three times (its median), the loop's once with and once without delay."""
    with tempfile.TemporaryDirectory(prefix="skybatch-bench-") as scratch:
        folder = Path(scratch)
        make_strip(folder / "archive", SETS, ["j"])
        with running_stack(Plan(folder / "stack", archive=folder / "archive")) as stack:
            wanted = positions(SETS, EACH)
            loop(stack.url, wanted[:50], folder / "warm", delay=0.0)
            batches = sorted(batch(stack.url, wanted, folder / f"batch{n}") for n in range(RUNS))
            plain = loop(stack.url, wanted, folder / "plain", delay=0.0)
            delayed = loop(stack.url, wanted, folder / "delayed", delay=DELAY)
            same_crops(folder / "batch0" / "images", folder / "plain")
    job = f"{len(wanted)} positions over {SETS} images to cutouts on disk"
    ours = batches[RUNS // 2]
    bench.add(f"{job}, beside the loop", ours, unit="s", reference=plain, ratio_at_least=4)
    bench.add(
        f"{job}, beside the loop with {DELAY * 1e3:.0f} ms before each request",
        ours,
        unit="s",
        reference=delayed,
        ratio_at_least=10,
    )


def batch(server: str, wanted: Positions, folder: Path) -> float:
    """Seconds of the whole job by the client."""
    table = "\n".join(["ra,dec,size", *(f"{ra!r},{dec!r},{SIZE}" for ra, dec in wanted)]) + "\n"
    began = time.perf_counter()
    with Client(server) as client:
        (part,) = client.run(folder, table, bands="J")
    took = time.perf_counter() - began
    if len(part.images) != len(wanted) or not part.status.whole:
        raise AssertionError(f"{len(part.images)} images came of {len(wanted)}")
    return took


def loop(server: str, wanted: Positions, folder: Path, *, delay: float) -> float:
    """Seconds of the whole job one position after another, eight at a time."""
    folder.mkdir()
    limits = httpx.Limits(max_connections=AT_A_TIME, max_keepalive_connections=AT_A_TIME)
    began = time.perf_counter()
    with httpx.Client(timeout=60, limits=limits, follow_redirects=True) as http:

        def ask(url: str, parameters: dict[str, str]) -> httpx.Response:
            time.sleep(delay)
            return http.get(url, params=parameters).raise_for_status()

        def one(item: tuple[int, tuple[float, float]]) -> None:
            number, (ra, dec) = item
            search = {"POS": f"{ra!r},{dec!r}", "SIZE": "0", "RESPONSEFORMAT": "CSV"}
            found = ask(f"{server}/ibe/sia/twomass/allsky/allsky", search).text
            (image,) = csv.DictReader(found.splitlines())
            cutout = {"center": f"{ra!r},{dec!r}", "size": f"{SIZE}arcsec", "gzip": "false"}
            (folder / f"{number:04d}.fits").write_bytes(ask(image["sia_url"], cutout).content)

        with ThreadPoolExecutor(AT_A_TIME) as pool:
            list(pool.map(one, enumerate(wanted, 1)))
    return time.perf_counter() - began


def same_crops(ours: Path, theirs: Path) -> None:
    """That both jobs brought a cutout of every position, of the same size but for rounding."""
    mine = {int(path.name[:4]): path.stat().st_size for path in ours.iterdir()}
    loops = {int(path.name[:4]): path.stat().st_size for path in theirs.iterdir()}
    if mine.keys() != loops.keys() or max(abs(mine[n] - loops[n]) for n in mine) > 2880:
        raise AssertionError("the loop's cutouts are not the batch's")
