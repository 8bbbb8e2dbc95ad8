"""What ObsCore says of all images of a survey, and identifiers, for surveys with and without each fact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skybatch.errors import NotFound
from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.survey import Survey
from skybatch.vo.obscore.facts import (
    collections,
    facilities,
    facility_field,
    key_of_id,
    of_bands,
    publisher_id,
)
from tests.support.survey.descriptions import known_survey, plain_survey

RADIO_KEY = "radio/radio/images/10/10510+30456.fits"


@pytest.fixture
def radio() -> Iterator[Survey]:
    with known_survey(plain_survey(('short = "Radio"', 'short = "Radio"\nfacility = "VLA"'))) as survey:
        yield survey


def test_a_collection_is_found_by_all_its_names(radio: Survey) -> None:
    assert collections("sx") == ("twomass_sixxcat", "sx", "2mass-sx")
    assert collections("radio") == ("radio_radio", "radio")


def test_the_observatory_is_that_of_a_field_or_of_all(radio: Survey) -> None:
    assert (facility_field(radio), facilities(radio)) == (None, {"": "VLA"})
    assert facility_field(packaged_survey()) == "hem"
    assert facilities(packaged_survey())["s"] == "2MASS South, Cerro Tololo"


def test_numbers_are_of_all_bands_or_of_each() -> None:
    survey = packaged_survey()
    assert of_bands(survey, 2.0) == {"j": 2.0, "h": 2.0, "k": 2.0}
    assert of_bands(survey, {"j": 1.0}) == {"j": 1.0, "h": None, "k": None}
    assert of_bands(survey, None)["k"] is None


def test_identifiers_are_of_the_survey(radio: Survey) -> None:
    identifier = publisher_id(RADIO_KEY)
    assert identifier == f"ivo://skybatch/radio?{RADIO_KEY}"
    assert key_of_id(identifier) == RADIO_KEY


def test_an_unknown_survey_has_no_identifiers() -> None:
    with pytest.raises(NotFound):
        publisher_id(RADIO_KEY)
    with pytest.raises(NotFound, match="ivo://skybatch/2mass"):
        key_of_id(f"ivo://skybatch/radio?{RADIO_KEY}")
