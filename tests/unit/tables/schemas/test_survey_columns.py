"""Columns by description: their sources, types and order."""

from __future__ import annotations

import pytest

from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.survey import Survey
from skybatch.tables.model import double
from skybatch.tables.schemas.batch import batch_csv, batch_html, batch_ipac, batch_rows, batch_votable
from skybatch.tables.schemas.search import native_search, sia_params, sia_search
from skybatch.tables.schemas.survey_columns import fixed, ordered_columns, survey_column
from tests.support.survey.descriptions import plain_survey

COLUMNS = """\
[columns]
rms = { of = "band", type = "double", unit = "mJy", doc = "Noise." }
tile = { of = "field:field", doc = "Field." }
night = { name = "day", like = "tile", size = "11" }

[fields]"""


@pytest.fixture
def survey() -> Survey:
    return plain_survey(("[fields]", COLUMNS))


def test_a_column_has_what_the_description_says(survey: Survey) -> None:
    rms, tile, night = (survey_column(survey, name) for name in survey.columns)
    assert (rms.name, rms.datatype, rms.unit, rms.source, rms.arraysize) == (
        "rms",
        "double",
        "mJy",
        "rms",
        "",
    )
    assert (tile.source, tile.arraysize) == ("field", "*")
    assert (night.name, night.source, night.arraysize, night.description) == ("day", "field", "11", "Field.")


def test_groups_stand_where_the_description_has_them(survey: Survey) -> None:
    place = fixed(double("ra", ""), double("dec", ""))
    columns = ordered_columns(survey, ("rms", "@place", "tile"), {"place": place})
    assert [column.name for column in columns] == ["rms", "ra", "dec", "tile"]


def test_the_tables_of_a_survey_without_words_on_tables_have_its_columns(survey: Survey) -> None:
    for make in (batch_ipac, batch_votable, batch_csv, batch_html):
        names = [column.name for column in make(survey)]
        assert {"image_id", "rms", "tile", "day", "band"} <= set(names)
        assert len(names) == len(set(names))
    for make in (sia_search, native_search):
        assert {"rms", "tile", "day"} <= {column.name for column in make(survey)}
    assert "image_id" in [column.name for column in batch_rows(survey)]
    assert sia_params(survey) == ()


def test_images_of_2mass_are_not_named_twice() -> None:
    assert "image_id" not in [column.name for column in batch_ipac(packaged_survey())]


def test_coordinates_are_in_the_frame_of_the_survey(survey: Survey) -> None:
    frames = {column.name: column.frame for column in batch_ipac(survey)}
    assert frames["ra1"] == frames["ra"] == "ICRS"
    assert {column.frame for column in batch_ipac(packaged_survey()) if column.name == "ra"} == {"FK5"}
