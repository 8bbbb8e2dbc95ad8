"""Writing a batch's tables: time in every format, and memory for the largest."""

from __future__ import annotations

import tracemalloc
from functools import partial

from skybatch.surveys.known import default_survey
from skybatch.tables.model import Table
from skybatch.tables.schemas.image_table import COLUMN_MAKERS, image_table
from skybatch.tables.writers.formats import FORMATS, chunks
from tests.bench.harness import Bench, median_ms
from tests.support.survey.image_sets import sample_image_rows, sample_image_sets

SMALL, LARGE = 2500, 100_000


def run(bench: Bench) -> None:
    """Time the making and the writing of tables of 2,500 and 100,000 images."""
    for rows, repeats, at_most in ((SMALL, 5, 500), (LARGE, 1, 10_000)):
        sets = sample_image_sets(rows)
        images = sample_image_rows(sets)
        known = {"askyw": sets}
        made = median_ms(partial(image_table, known, images, "csv"), repeats)
        bench.add(f"tables: {rows} images, columns made", made, at_most=at_most)
        for fmt in FORMATS:
            table = image_table(known, images, fmt)
            took = median_ms(partial(_size, table, fmt), repeats)
            width = len(COLUMN_MAKERS[fmt](default_survey()))
            bench.add(f"tables: {rows} x {width} as {fmt}", took, at_most=at_most)
    for fmt in FORMATS:
        bench.add(
            f"tables: {LARGE} rows as {fmt}, memory",
            _peak_mb(image_table(known, images, fmt), fmt),
            unit="MB",
        )


def _size(table: Table, fmt: str) -> int:
    return sum(map(len, chunks(table, fmt)))  # type: ignore[arg-type]


def _peak_mb(table: Table, fmt: str) -> float:
    tracemalloc.start()
    try:
        _size(table, fmt)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
