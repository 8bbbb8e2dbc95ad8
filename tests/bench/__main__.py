"""Run every bench_*.py (or those named on the command line)."""

from __future__ import annotations

import gc
import importlib
import sys
from pathlib import Path

from tests.bench.harness import Bench

here = Path(__file__).parent
bench = Bench()
for path in sorted(here.glob("bench_*.py")):
    if sys.argv[1:] and path.stem.removeprefix("bench_") not in sys.argv[1:]:
        continue
    print(f"... {path.stem}", file=sys.stderr, flush=True)
    gc.collect()
    gc.freeze()  # what other benches left is not walked through again
    importlib.import_module(f"tests.bench.{path.stem}").run(bench)
print(bench.report())
bench.write(here.parents[1] / "build" / "bench.json")
