"""The whole job, positions to verified cutouts on disk: the client against the loop that people write.

The loop is astroquery's way: one search (a VOTable, read with astropy) and one cutout request a position,
through requests, eight at a time, connections kept open. Beside it the leanest loop one could write: the same
requests through httpx, the search's answer as CSV. All against the same local stack, which runs on the same
cores.
"""

from __future__ import annotations

import csv
import io
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import requests
from astropy.io import votable

from local.stack import Plan, running_stack
from skybatch import Client
from tests.bench.harness import Bench
from tests.bench.sample_field import make_strip, positions

SETS, EACH = 250, 10
SIZE = 50.0  # arcsec
AT_A_TIME = 8
DELAY = 0.1  # s, before each of the loop's requests: an archive across an ocean
RUNS = 3

Positions = list[tuple[float, float]]
Parameters = dict[str, str]
# Asks a URL with parameters; the address of the first image found; one made a thread.
Get = Callable[[str, Parameters], bytes]
Found = Callable[[bytes], str]


def run(bench: Bench) -> None:
    """Both jobs, the client's three times (its median), the loop's once with and once without delay."""
    with tempfile.TemporaryDirectory(prefix="skybatch-bench-") as scratch:
        folder = Path(scratch)
        make_strip(folder / "archive", SETS, ["j"])
        with running_stack(Plan(folder / "stack", archive=folder / "archive")) as stack:
            wanted = positions(SETS, EACH)
            loop(stack.url, wanted[:50], folder / "warm")
            batches = sorted(batch(stack.url, wanted, folder / f"batch{n}") for n in range(RUNS))
            plain = loop(stack.url, wanted, folder / "plain")
            delayed = loop(stack.url, wanted, folder / "delayed", delay=DELAY)
            lean = loop(stack.url, wanted, folder / "lean", way=leanest)
            same_crops(folder / "batch0" / "images", folder / "plain")
    job = f"{len(wanted)} positions over {SETS} images to cutouts on disk"
    ours = batches[RUNS // 2]
    with_delay = f"{job}, beside the loop with {DELAY * 1e3:.0f} ms before each request"
    bench.add(f"{job}, beside the loop", ours, unit="s", reference=plain, ratio_at_least=8)
    bench.add(with_delay, ours, unit="s", reference=delayed, ratio_at_least=18)
    bench.add(f"{job}, beside the leanest loop", ours, unit="s", reference=lean, ratio_at_least=7)


def batch(server: str, wanted: Positions, folder: Path) -> float:
    """Seconds of the whole job by the client."""
    table = "\n".join(["ra,dec,size", *(f"{ra!r},{dec!r},{SIZE}" for ra, dec in wanted)]) + "\n"
    began = time.perf_counter()
    with Client(server) as client:
        (part,) = client.run(folder, table, bands="J")
    took = time.perf_counter() - began
    if len(part.images) != len(wanted) or not part.status.retrieved_all:
        raise AssertionError(f"{len(part.images)} images came of {len(wanted)}")
    return took


def astroquerys() -> tuple[Get, Found]:
    """As astroquery does it."""
    session = requests.Session()

    def get(url: str, parameters: Parameters) -> bytes:
        answer = session.get(url, params=parameters, timeout=60)
        answer.raise_for_status()
        return answer.content

    def found(answer: bytes) -> str:
        (image,) = votable.parse_single_table(io.BytesIO(answer)).to_table()
        return str(image["sia_url"])

    return get, found


def leanest() -> tuple[Get, Found]:
    """With nothing that could be spared."""
    http = httpx.Client(timeout=60, follow_redirects=True)

    def get(url: str, parameters: Parameters) -> bytes:
        csv_wanted = {"RESPONSEFORMAT": "CSV"} if "POS" in parameters else {}
        return http.get(url, params=parameters | csv_wanted).raise_for_status().content

    def found(answer: bytes) -> str:
        (image,) = csv.DictReader(answer.decode().splitlines())
        return image["sia_url"]

    return get, found


def loop(
    server: str,
    wanted: Positions,
    folder: Path,
    *,
    delay: float = 0.0,
    way: Callable[[], tuple[Get, Found]] = astroquerys,
) -> float:
    """Seconds of the whole job one position after another, eight at a time."""
    folder.mkdir()
    own = threading.local()

    def begin() -> None:
        own.get, own.found = way()

    def one(item: tuple[int, tuple[float, float]]) -> None:
        number, (ra, dec) = item
        time.sleep(delay)
        answer = own.get(f"{server}/ibe/sia/twomass/allsky/allsky", {"POS": f"{ra!r},{dec!r}", "SIZE": "0"})
        cutout = {"center": f"{ra!r},{dec!r}", "size": f"{SIZE}arcsec", "gzip": "false"}
        time.sleep(delay)
        (folder / f"{number:04d}.fits").write_bytes(own.get(own.found(answer), cutout))

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_A_TIME, initializer=begin) as pool:
        list(pool.map(one, enumerate(wanted, 1)))
    return time.perf_counter() - began


def same_crops(ours: Path, theirs: Path) -> None:
    """That both jobs brought a cutout of every position, of the same size but for rounding."""
    mine = {int(path.name[:4]): path.stat().st_size for path in ours.iterdir()}
    loops = {int(path.name[:4]): path.stat().st_size for path in theirs.iterdir()}
    if mine.keys() != loops.keys() or max(abs(mine[n] - loops[n]) for n in mine) > 2880:
        raise AssertionError("the loop's cutouts are not the batch's")
