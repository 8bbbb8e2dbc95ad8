"""The documentation of the columns is that of the columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.tables.schemas.column_sets import COLUMN_SETS
from skybatch.tables.writers.ipac import TEXT_WIDTH
from tools.table_reference import markdown

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "tables.md"


def test_the_document_is_up_to_date() -> None:
    wanted = "write it anew: python -m tools.table_reference > docs/tables.md"
    assert DOCUMENT.read_text("utf-8") == markdown(), wanted


@pytest.mark.parametrize("title", COLUMN_SETS)
def test_every_column_is_described_in_its_section(title: str) -> None:
    section = markdown().split(f"## {title}\n")[1].split("\n## ")[0]
    described = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert described == [column.name for column in COLUMN_SETS[title]]


def test_the_width_told_is_the_width_cut() -> None:
    assert f"after {TEXT_WIDTH} characters" in markdown()
