"""Surveys become known by name, id and address; two never share one."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from skybatch.errors import InvalidSurvey, InventoryError, NotFound
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import (
    DEFAULT_DATASET,
    SECONDS_AFTER_FAILURE,
    band_label,
    dataset_at,
    dataset_named,
    default_dataset,
    default_survey,
    forget,
    key_layout,
    known_surveys,
    learn_from,
    mission_named,
    register,
    survey_if_known,
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
    with pytest.raises(InvalidSurvey, match=r"of 2mass$"):
        register(plain_survey(*changes))


def test_missions_may_be_shared() -> None:
    with known_survey(plain_survey(MISSION)):
        assert dataset_at("2mass", "allsky", "allsky") == "asky"
        assert dataset_at("twomass", "radio", "images") == "radio"


@pytest.fixture
def learned_later() -> Iterator[Survey]:
    """A survey that the archive holds, of which the process has not heard yet."""
    other = plain_survey(('id = "l", label = "L"', 'id = "k", label = "20 cm"'))
    learn_from(lambda: register(other))
    yield other
    learn_from(lambda: None)
    forget(other)


@pytest.mark.usefixtures("learned_later")
def test_bands_are_named_by_the_survey_of_their_data_set_once_it_is_met() -> None:
    assert band_label("k", "radio") == "20 cm"
    assert (band_label("k"), band_label("k", "sx")) == ("Ks", "Ks")


@pytest.mark.usefixtures("learned_later")
def test_a_survey_is_met_by_a_band() -> None:
    other = plain_survey(('id = "l", label = "L"', 'id = "w1", label = "W 1"'))
    learn_from(lambda: register(other))
    assert band_label("w1") == "W 1"
    assert band_label("w9") == "w9"


def test_a_survey_is_not_unknown_while_the_archive_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def fail() -> None:
        loads.append("radio")
        raise InventoryError("damaged")

    learn_from(fail)
    for _ in range(3):
        with pytest.raises(InventoryError):
            survey_of("radio")
    assert survey_of("asky").id == "2mass"
    assert default_dataset() == "asky"
    assert loads == ["radio"]
    later = time.monotonic() + SECONDS_AFTER_FAILURE + 1.0
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(InventoryError):
        survey_of("radio")
    assert loads == ["radio"] * 2
    learn_from(lambda: None)
    with pytest.raises(NotFound):
        survey_of("radio")


def test_pages_do_without_what_the_archive_cannot_tell() -> None:
    def fail() -> None:
        raise InventoryError("damaged")

    learn_from(fail)
    assert survey_if_known("radio") is None
    learn_from(fail)
    assert band_label("w1", "radio") == "w1"
    learn_from(lambda: None)
