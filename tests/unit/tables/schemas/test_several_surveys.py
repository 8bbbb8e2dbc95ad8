"""Columns that several surveys have in common, and values worked out among each survey's own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from skybatch.surveys.known import default_survey
from skybatch.tables.schemas.batch import outcome_columns
from skybatch.tables.schemas.common import RESUBMISSION_COLUMNS
from skybatch.tables.schemas.image_rows import ImageRows
from skybatch.tables.schemas.image_table import image_data
from skybatch.tables.schemas.several_surveys import (
    common_columns,
    common_frame,
    common_table,
    rows_of,
    survey_table,
)
from skybatch.tables.writers.formats import Format
from tests.support.survey.two_surveys import SURVEY, TwoSurveys, two_surveys

SURVEYS = [default_survey(), SURVEY]
FORMATS: tuple[Format, ...] = ("tbl", "xml", "csv", "html")


@pytest.fixture(scope="module")
def archive() -> Iterator[TwoSurveys]:
    with two_surveys() as made:
        yield made


def images() -> ImageRows:
    return ImageRows(
        dataset=["wide", "asky", "wide"], set_index=[0, 1, 2], band=["w1", "k", "w3"], type=["A"] * 3,
        url=["u0", "u1", "u2"], box=np.zeros((3, 4), int), bytes=[1, 2, 3],
    )  # fmt: skip


@pytest.mark.parametrize("fmt", FORMATS)
def test_names_are_unique_and_short_enough_for_every_format(fmt: Format) -> None:
    names = [column.name for column in common_columns(SURVEYS, fmt)]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 16


@pytest.mark.parametrize("fmt", FORMATS[:3])
def test_what_is_posted_back_is_there(fmt: Format) -> None:
    names = {column.name for column in common_columns(SURVEYS, fmt)}
    assert set(RESUBMISSION_COLUMNS) - {"coadd_key", "dataset"} <= names
    assert {"survey", "image_id"} <= names


def test_coordinates_are_in_one_frame(archive: TwoSurveys) -> None:
    assert common_frame(SURVEYS) == "ICRS"
    assert common_frame(SURVEYS[:1]) == "FK5"
    sets = {name: archive.open(name, None).details([0, 1, 2]) for name in ("asky", "wide")}
    table = common_table(sets, images(), "tbl")
    own = image_data({"asky": sets["asky"]}, rows_of(images(), np.array([1])), table.columns)
    icrs = SkyCoord(own["ra"], own["dec"], unit="deg", frame="fk5").icrs
    found = [float(table.data[name][1]) for name in ("ra", "dec")]
    np.testing.assert_allclose(found, [icrs.ra.deg[0], icrs.dec.deg[0]], atol=1e-9)
    assert {column.frame for column in table.columns if column.name in ("ra", "dec4")} == {"ICRS"}


def test_each_image_is_told_by_its_own_survey(archive: TwoSurveys) -> None:
    sets = {name: archive.open(name, None).details([0, 1, 2]) for name in ("asky", "wide")}
    table = common_table(sets, images(), "csv")
    by_name = {column.name: list(table.values(column)) for column in table.columns}
    assert by_name["survey"] == ["wide", "2mass-asky", "wide"]
    assert by_name["band"] == ["W1", "K", "W3"]
    assert by_name["image_id"][1] == "990101n0010009"
    assert by_name["download"] == ["u0", "u1", "u2"]
    assert by_name["naxis1"] == [400, 512, 400]
    assert by_name["skybatch"] == ["2"] * 3


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_survey_s_own_table_names_the_image_too(archive: TwoSurveys, fmt: Format) -> None:
    facts = archive.open("asky", None).details([0, 1, 2])
    table = survey_table("asky", facts, images(), fmt, title="t")
    by_name = {column.name: list(table.values(column)) for column in table.columns}
    assert (by_name["survey"], by_name["image_id"]) == (["2mass-asky"], ["990101n0010009"])
    assert by_name["coadd_key"] == [1001]
    assert table.keywords["skybatch"] == "2"


def test_columns_of_outcomes_are_short_and_unique() -> None:
    assert outcome_columns(["2mass-asky", "allwise"]) == ("in_2mass_asky", "in_allwise")
    long = outcome_columns([f"a-very-long-survey-{n}" for n in range(12)])
    assert len(set(long)) == 12
    assert {len(name) for name in long} == {16}
