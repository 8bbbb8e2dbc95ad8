"""IPAC ASCII tables in the strict form: every value between its bars, ASCII throughout, bounded widths."""

from __future__ import annotations

from skybatch.tables.model import Table, text
from skybatch.tables.text_escapes import from_ascii
from skybatch.tables.writers.formats import write
from skybatch.tables.writers.ipac import TEXT_WIDTH
from tests.support.survey.image_sets import sample_image_table


def test_ipac_is_strict() -> None:
    lines = write(sample_image_table(30, "tbl"), "tbl").decode("ascii").splitlines()
    header = [line for line in lines if line.startswith("|")]
    data = [line for line in lines if not line.startswith(("|", "\\"))]
    assert lines[0] == "\\ A batch"
    assert {"\\skybatch = '1'", "\\label = 'my label'"} <= set(lines)
    assert (len(header), len(data)) == (4, 30)
    assert {len(line) for line in [*header, *data]} == {len(header[0])}
    bars = [i for i, mark in enumerate(header[0]) if mark == "|"]
    assert all(line[i] == " " for line in data for i in bars)
    assert all(line[i] == "|" for line in header for i in bars)
    assert "\t" not in "".join(lines)


def test_ipac_stays_ascii_and_loses_no_character() -> None:
    written = write(Table((text("id", ""),), {"id": ["é" * 15, "α-1", "a\\xe9"]}), "tbl").decode("ascii")
    cells = [line.strip() for line in written.splitlines() if line.startswith(" ")]
    assert [from_ascii(cell) for cell in cells] == ["é" * 15, "α-1", "a\\xe9"]


def test_one_long_cell_does_not_make_a_large_ipac_table() -> None:
    table = Table((text("t", ""),), {"t": ["x" * 10_000, *["y"] * 999]})
    assert len(write(table, "tbl")) < 1100 * (TEXT_WIDTH + 10)
