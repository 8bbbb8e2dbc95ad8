"""The description that is made of what a tree holds."""

from __future__ import annotations

import pytest

from skybatch.archive.generic.description import DEFAULT_ID, Facts, description, survey_id
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.description.rules import SURVEY_ID

NAMES = ["My Images", "ü", "---", "", "x" * 99, "2mass", 'quote"\\{file}\n', "a.b_c"]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_any_folder_makes_a_description_without_faults(name: str) -> None:
    made = survey_id(name, {"2mass"})
    assert SURVEY_ID.fullmatch(made)
    survey = read_survey(description(Facts(name, made, {"r": "R", "r_2": "r"}, ["fits", "FITS"])), "x.toml")
    assert (survey.id, list(survey.bands)) == (made, ["r", "r_2"])
    assert survey.has_sets_of_one_band


def test_the_identifier_is_that_of_no_other_survey() -> None:
    assert survey_id("2MASS", {"2mass"}) == f"2mass-{DEFAULT_ID}"
    assert survey_id("Thesis 2026") == "thesis-2026"


def test_forms_come_in_the_order_of_what_is_read_in_part() -> None:
    survey = read_survey(description(Facts("x", "x", {"r": "r"}, ["fits.gz", "fz", "fits"])), "x.toml")
    assert survey.product["image"].forms == ("fits", "fz", "fits.gz")
    assert not survey.has_sets_of_one_band


def test_the_example_is_the_crop_that_an_image_has() -> None:
    survey = read_survey(description(Facts("x", "x", {"r": "r"}, ["fits"], example=(1.5, -2.5, 9.0))), "x")
    assert survey.requests.example["positions"]["table"].splitlines()[1] == "1.500000,-2.500000,9,here"
