"""CSV and TSV: rectangles for the csv module, and no cell is a formula for a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from skybatch.tables.model import Table, integer, text
from skybatch.tables.writers.formats import Format, write
from tests.support.survey.image_sets import sample_image_table


def test_csv_and_tsv_are_rectangles_for_the_csv_module() -> None:
    table = sample_image_table(20, "csv")
    for fmt, delimiter in (("csv", ","), ("tsv", "\t")):
        lines = list(csv.reader(io.StringIO(write(table, fmt).decode()), delimiter=delimiter))  # type: ignore[arg-type]
        assert {len(line) for line in lines} == {len(table.columns)}
        assert len(lines) == 21


@pytest.mark.parametrize("fmt", ["csv", "tsv"])
def test_no_cell_is_a_formula_but_numbers_may_be_negative(fmt: Format) -> None:
    table = Table((integer("n", ""), text("t", "")), {"n": [-1], "t": ["-1"]})
    assert write(table, fmt).decode().splitlines()[1].split("," if fmt == "csv" else "\t") == ["-1", "'-1"]
