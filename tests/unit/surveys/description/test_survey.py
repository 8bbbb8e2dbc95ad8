"""A survey gives its parts by name."""

from __future__ import annotations

from skybatch.surveys.catalogue import packaged_survey
from tests.support.survey.descriptions import plain_survey


def test_data_sets_are_surveys_of_their_own() -> None:
    survey = packaged_survey()
    ids = [survey.survey_id(dataset) for dataset in survey.datasets]
    assert ids == ["2mass-asky", "2mass-askyw", "2mass-sx", "2mass-sxw", "2mass-cal"]


def test_the_only_data_set_of_a_survey_has_its_name() -> None:
    survey = plain_survey()
    assert list(survey.datasets) == ["radio"]
    assert survey.survey_id("radio") == "radio"


def test_bands_and_products_have_the_order_of_the_description() -> None:
    survey = packaged_survey()
    assert list(survey.bands) == ["j", "h", "k"]
    assert survey.band_order == {"j": 0, "h": 1, "k": 2}
    assert list(survey.images) == ["image", "quicklook"]
    assert survey.first_product == "image"
    assert survey.has("scans")
    assert not plain_survey().has("scans")
