"""The tables of a batch: image tables can be posted back, the rows table cannot."""

from __future__ import annotations

import pytest

from skybatch.tables.model import Column
from skybatch.tables.schemas.batch import BATCH_CSV, BATCH_HTML, BATCH_IPAC, BATCH_VOTABLE, INVENTORY, ROWS
from skybatch.tables.schemas.common import RESUBMISSION_COLUMNS
from skybatch.tables.schemas.marker import TABLE_MARKER


@pytest.mark.parametrize("columns", [BATCH_IPAC, BATCH_VOTABLE, BATCH_CSV])
def test_image_tables_have_what_posting_them_back_needs(columns: tuple[Column, ...]) -> None:
    assert {column.name for column in columns} >= set(RESUBMISSION_COLUMNS)


def test_only_csv_carries_the_marker_as_a_column() -> None:
    marked = [TABLE_MARKER in [column.name for column in columns] for columns in (BATCH_IPAC, BATCH_VOTABLE)]
    assert marked == [False, False]
    assert TABLE_MARKER in [column.name for column in BATCH_CSV]


@pytest.mark.parametrize("columns", [BATCH_IPAC, BATCH_VOTABLE, BATCH_CSV])
def test_columns_about_edges_stand_behind_all_others(columns: tuple[Column, ...]) -> None:
    assert [column.name for column in columns[-2:]] == ["cut_at_edge", "edge"]


def test_the_batch_adds_its_columns_after_those_of_the_inventory() -> None:
    assert BATCH_VOTABLE[: len(INVENTORY)] == INVENTORY


def test_the_rows_table_has_no_marker_and_counts_what_its_outcomes_name() -> None:
    names = [column.name for column in ROWS]
    assert TABLE_MARKER not in names
    assert names[0] == "row"
    outcome = next(column for column in ROWS if column.name == "outcome")
    assert {value for value, _ in outcome.options} >= {"retrieved", "over_limit", "failed"} <= set(names)


def test_the_page_links_each_image_and_its_preview() -> None:
    assert {column.name: column.link for column in BATCH_HTML if column.link} == {
        "file": "image",
        "preview": "preview",
    }
