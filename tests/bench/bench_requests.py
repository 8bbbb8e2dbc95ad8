"""How long 2500 rows take from the bytes of a POST to a valid request."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from functools import partial

from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.bench.harness import Bench, median_ms

ROWS = 2500
REPEATS = 7
IMPORTS = "import time; t = time.perf_counter(); import skybatch.requests.parser, sys"


def run(bench: Bench) -> None:
    """Parse and validate tables at the row limit in the formats that matter."""
    chance = random.Random(2500)
    skies = [(chance.uniform(0, 360), chance.uniform(-90, 90)) for _ in range(ROWS)]
    decimal = [(f"{ra:.6f}", f"{dec:+.6f}") for ra, dec in skies]
    sexagesimal = [(in_parts(ra / 15, 3), in_parts(dec, 2)) for ra, dec in skies]
    add(bench, "2500 positions, decimal, IPAC", "positions", ipac(("ra", "dec"), decimal), 250)
    add(bench, "2500 positions, decimal, CSV", "positions", csv(("ra", "dec"), decimal), 250)
    add(bench, "2500 positions, sexagesimal, IPAC", "positions", ipac(("ra", "dec"), sexagesimal), 1000)
    add(bench, "2500 positions, sexagesimal, CSV", "positions", csv(("ra", "dec"), sexagesimal), 1000)
    whole = [(f"{ra} {dec} b1950",) for ra, dec in sexagesimal]
    add(bench, "2500 positions, FK4 strings, CSV", "positions", csv(("locstr",), whole), 1000)
    names = [(f"NGC {n}",) for n in range(ROWS)]
    add(bench, "2500 names, CSV", "positions", csv(("objname",), names), 250)
    keys = [(str(1_000_000 + n), "jhka"[n % 4]) for n in range(ROWS)]
    add(bench, "2500 coadd keys, IPAC", "coadd_keys", ipac(("coadd_key", "band"), keys), 250)
    bench.add("import of skybatch.requests.parser", import_ms(), target="astropy left out")


def add(bench: Bench, name: str, mode: str, table: str, at_most: float) -> None:
    """Measure one table, posted as JSON."""
    body = json.dumps({"mode": mode, "table": table}).encode()
    call = partial(parse_body, body, "application/json", Settings())
    bench.add(name, median_ms(call, REPEATS), at_most=at_most)


def in_parts(value: float, places: int) -> str:
    """Sexagesimal with colons; the last part is cut so that it never reads 60."""
    minutes, seconds = divmod(abs(value) * 3600, 60)
    whole, minutes = divmod(int(minutes), 60)
    return f"{'-' if value < 0 else ''}{whole:02d}:{minutes:02d}:{min(seconds, 59.9):0{3 + places}.{places}f}"


def csv(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A CSV table."""
    return "\n".join(",".join(row) for row in [names, *rows]) + "\n"


def ipac(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """An IPAC table."""
    lines = [" ".join(f"{cell:>14}" for cell in row) for row in rows]
    return "|" + "|".join(f"{name:>14}" for name in names) + "|\n" + "".join(f" {line}\n" for line in lines)


def import_ms() -> float:
    """Import time in a fresh interpreter, which must not have loaded astropy."""
    code = f"{IMPORTS}; print((time.perf_counter() - t) * 1e3); assert 'astropy' not in sys.modules"
    times = []
    for _ in range(3):
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        times.append(float(out.stdout))
    return sorted(times)[1]
