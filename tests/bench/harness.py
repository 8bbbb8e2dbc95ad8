"""Measure side by side in one process, report medians and ratios."""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the report. ``reference`` is what the median is compared with (same unit)."""

    name: str
    unit: str
    median: float
    reference: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


def median_ms(call: Callable[[], object], repeats: int) -> float:
    """Median wall time of ``call`` in milliseconds, after one call to warm it."""
    call()
    times = []
    gc.collect()
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


class Bench:
    """Collects figures; every ``bench_*.py`` has a ``run(bench)`` that adds its own."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.skipped: list[str] = []

    def add(
        self,
        name: str,
        median: float,
        *,
        unit: str = "ms",
        reference: float | None = None,
        at_most: float | None = None,
        ratio_at_most: float | None = None,
        ratio_at_least: float | None = None,
        target: str = "",
    ) -> None:
        """Record a median, and hold it against its targets.

        ``ratio_at_most`` bounds median/reference; ``ratio_at_least`` bounds reference/median ("times
        faster").
        """
        faster = ratio_at_least is not None
        ratio = None
        if reference is not None:
            ratio = reference / median if faster else median / reference
        checks, words = [], []
        if at_most is not None:
            checks.append(median <= at_most)
            words.append(f"<= {at_most:g} {unit}")
        if ratio_at_most is not None and ratio is not None:
            checks.append(ratio <= ratio_at_most)
            words.append(f"<= {ratio_at_most:g} x reference")
        if ratio_at_least is not None and ratio is not None:
            checks.append(ratio >= ratio_at_least)
            words.append(f">= {ratio_at_least:g} x faster")
        self.figures.append(
            Figure(
                name,
                unit,
                median,
                reference,
                ratio,
                target or ", ".join(words),
                all(checks) if checks else None,
            )
        )

    def skip(self, why: str) -> None:
        """Say what could not be measured here."""
        self.skipped.append(why)

    def report(self) -> str:
        """The figures as a Markdown table, headed by the machine they were taken on."""
        lines = [
            machine(),
            "",
            "| what | median | reference | ratio | target | met |",
            "|---|---|---|---|---|---|",
        ]
        for f in self.figures:
            reference = f"{f.reference:.3g} {f.unit}" if f.reference is not None else ""
            ratio = f"{f.ratio:.3g}" if f.ratio is not None else ""
            met = {True: "yes", False: "NO", None: ""}[f.met]
            cells = [f.name, f"{f.median:.3g} {f.unit}", reference, ratio, f.target, met]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join([*lines, *(f"\nSkipped: {why}" for why in self.skipped)]) + "\n"

    def write(self, path: Path) -> None:
        """Write the figures as JSON, one object a figure."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(f) for f in self.figures], indent=1) + "\n")


def machine() -> str:
    """The machine in one line: date, processor, cores, Python."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.processor())
    day = time.strftime("%Y-%m-%d")
    return f"{day}, {model}, {os.cpu_count()} cores, Python {platform.python_version()}"
