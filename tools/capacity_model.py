"""A model of the deployed system: how long batches take, and what they cost.

`python -m tools.capacity_model` prints the scenarios of docs/operations.md, run on `tools.capacity_system`.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tools.aws_prices import ATLAS_BYTES, Services, aws
from tools.capacity_job import CROP_BYTES, Job
from tools.capacity_system import WINDOW, System
from tools.costs import Counts, bill

TILED_BYTES, QUICKLOOK_BYTES = 930_000, 70_000
ALL_QUICKLOOKS, LIMIT = 4_121_439, 1_000_000_000
TARGETS = Job(10_092, 1, ATLAS_BYTES, CROP_BYTES)
# A position lies in 1.08 tiles of AllWISE on average, of four bands each; 50 arcsec are 36 pixels, two blocks
# of FITS behind a header of two.
ALLWISE_BYTES, ALLWISE_CROP_BYTES = 67_083_840, 11_520
ALLWISE = Job(10_800, 1, ALLWISE_BYTES, ALLWISE_CROP_BYTES, plain=True)
BOTH = replace(TARGETS, beside=ALLWISE)
CROPS = Job(1500, 5, ATLAS_BYTES, CROP_BYTES)
WHOLE = Job(LIMIT // ATLAS_BYTES, 1, ATLAS_BYTES, ATLAS_BYTES, whole=True)
LARGEST = replace(WHOLE, sources=10 * LIMIT // ATLAS_BYTES)
SMALL = Job(6, 2, ATLAS_BYTES, CROP_BYTES)
QUICKLOOKS = Job(LIMIT // QUICKLOOK_BYTES, 1, QUICKLOOK_BYTES, QUICKLOOK_BYTES, whole=True)


def tiled(job: Job) -> Job:
    """Return the same batch of an archive in tiles."""
    return replace(job, tiled=True, stored_bytes=TILED_BYTES)


@dataclass(frozen=True)
class Scenario:
    """A question asked of the model."""

    name: str
    jobs: tuple[Job, ...]
    at_once: int | None = None


SCENARIOS = (
    Scenario("2500 positions all over the sky: 10,092 crops, each of an image of its own", (TARGETS,)),
    Scenario("the same of an archive in tiles", (tiled(TARGETS),)),
    Scenario("2500 positions over 2MASS and AllWISE: 20,892 crops, each of an image of its own", (BOTH,)),
    Scenario("2500 positions in fields: 7,500 crops of 1,500 images", (CROPS,)),
    Scenario("1 GB of whole images", (WHOLE,)),
    Scenario("10 GB of whole images", (LARGEST,)),
    Scenario("1,000 users at once, 12 crops each", (SMALL,) * 1000),
    Scenario(
        "all 4.1 million Quicklooks, 5 batches at a time",
        (QUICKLOOKS,) * math.ceil(ALL_QUICKLOOKS * QUICKLOOK_BYTES / LIMIT),
        at_once=5,
    ),
)


def outcome(scenario: Scenario, services: Services, window: int = WINDOW) -> dict[str, float]:
    """Seconds to the first, the median and the last batch's end, and dollars without and with delivery."""
    batches = System(services, window).run(scenario.jobs, scenario.at_once)
    ends = sorted(batch.seconds for batch in batches)
    counts = sum((batch.counts() for batch in batches), Counts())
    dollars = bill(counts)
    return {
        "batches": len(batches),
        "median": ends[len(ends) // 2],
        "slowest": ends[-1],
        "all": max(batch.ended or math.inf for batch in batches),
        "transitions": max(batch.counts().transitions for batch in batches),
        "dollars": sum(cost for name, cost in dollars.items() if name != "delivery"),
        "delivery": dollars["delivery"],
    }


def table(workers: Sequence[int] = (50, 500), measured: Mapping[str, Any] | None = None) -> str:
    """Format the scenarios as a Markdown table; ``measured`` figures take the place of published ones."""
    lines = [
        "| scenario | workers | batches | median batch | slowest | all done | service | with delivery |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for scenario in SCENARIOS:
        for most in workers:
            told = outcome(scenario, replace(aws(most), **(measured or {})))
            times = " | ".join(_time(told[name]) for name in ("median", "slowest", "all"))
            money = f"${told['dollars']:.3f} | ${told['dollars'] + told['delivery']:.2f}"
            lines.append(f"| {scenario.name} | {most} | {told['batches']:.0f} | {times} | {money} |")
    return "\n".join(lines)


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def main() -> None:
    """Print the table, with the figures of ``skybatch smoke --latencies FILE`` where they are given."""
    parser = argparse.ArgumentParser(prog="python -m tools.capacity_model", description=__doc__)
    parser.add_argument(
        "--measured", type=Path, metavar="FILE", help="JSON of figures by name, as smoke writes it"
    )
    given = parser.parse_args().measured
    print(table(measured=json.loads(given.read_text()) if given else None))


if __name__ == "__main__":
    main()
