"""Surveys become known by name, id and address; two never share one."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidSurvey, NotFound
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import (
    DEFAULT_DATASET,
    dataset_at,
    dataset_named,
    default_survey,
    key_layout,
    known_surveys,
    mission_named,
    register,
    survey_of,
)
from tests.support.survey.descriptions import known_survey, plain_survey


@pytest.mark.parametrize(
    ("dataset", "folder", "table"),
    [("asky", "allsky", "allsky"), ("askyw", "full", "full"), ("sx", "sixxcat", "sixxcat")],
)
def test_a_data_set_is_found_by_its_address(dataset: str, folder: str, table: str) -> None:
    assert dataset_at("twomass", folder, table) == dataset
    assert dataset_at("2mass", folder, table) == dataset
    assert dataset_at("wise", folder, table) is None


def test_folder_and_table_must_belong_together() -> None:
    assert dataset_at("twomass", "full", "allsky") is None


def test_a_data_set_is_found_by_its_survey_id() -> None:
    assert dataset_named("2mass-sx") == dataset_named("sx") == "sx"
    assert dataset_named("wise") is None


def test_missions_have_other_names() -> None:
    assert mission_named("2mass") == mission_named("twomass") == "twomass"
    assert mission_named("wise") is None


def test_the_default_is_2mass() -> None:
    assert survey_of(DEFAULT_DATASET) is default_survey()
    assert default_survey().short == "2MASS"


def test_a_registered_survey_is_known_until_forgotten() -> None:
    with known_survey(plain_survey()) as survey:
        assert survey_of("radio") is survey
        assert list(known_surveys())[-1] == "radio"
        assert key_layout("radio").prefix("radio") == "radio/radio/images/"
    with pytest.raises(NotFound, match="radio"):
        survey_of("radio")


def test_a_newer_description_takes_the_place_of_the_older(radio: Survey) -> None:
    newer = plain_survey(('short = "Radio"', 'short = "Newer"'))
    register(newer)
    assert survey_of("radio") is newer


MISSION = ('short = "Radio"', 'short = "Radio"\nmission = { name = "twomass" }')
ALIAS = ('short = "Radio"', 'short = "Radio"\nmission = { name = "radio", aliases = ["2mass"] }')


@pytest.mark.parametrize(
    "changes",
    [
        [('path = "radio/images"', 'id = "asky", path = "radio/images"')],
        [('id = "radio"', 'id = "2mass-asky"\nmission = { name = "radio" }')],
        [MISSION, ('path = "radio/images"', 'path = "allsky/allsky"')],
        [ALIAS, ('path = "radio/images"', 'path = "allsky/allsky"')],
    ],
)
def test_another_surveys_name_or_address_is_refused(changes: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidSurvey, match="of 2mass$"):
        register(plain_survey(*changes))


def test_missions_may_be_shared() -> None:
    with known_survey(plain_survey(MISSION)):
        assert dataset_at("2mass", "allsky", "allsky") == "asky"
        assert dataset_at("twomass", "radio", "images") == "radio"
