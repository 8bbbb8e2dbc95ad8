"""Columns that several tables share."""

from __future__ import annotations

from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.tables.schemas import common


def test_the_options_of_a_column_are_the_values_it_can_hold() -> None:
    assert {value for value, _ in common.BAND.options} == {band.upper() for band in BANDS}
    assert {value for value, _ in common.TYPE.options} == {one.letter for one in ImageType}
    assert {value for value, _ in common.DATASET.options} == set(DATASETS)
    assert {value for value, _ in common.HEM.options} == {"n", "s"}


def test_corners_run_round_the_image_in_pairs_of_fk5_coordinates() -> None:
    assert [column.name for column in common.CORNERS] == [
        name for number in (1, 2, 3, 4) for name in (f"ra{number}", f"dec{number}")
    ]
    assert {(column.unit, column.frame) for column in common.CORNERS} == {("deg", "FK5")}


def test_columns_of_positions_are_among_those_of_requests_and_results() -> None:
    names = {column.name for column in (*common.REQUESTED, common.EDGE_DIST, common.CUT_AT_EDGE)}
    assert names == common.POSITION_COLUMNS
