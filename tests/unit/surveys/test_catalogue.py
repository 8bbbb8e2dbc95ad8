"""The surveys of the package."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from skybatch.surveys.catalogue import PACKAGED_SURVEYS, packaged_description, packaged_survey, parsed_file
from skybatch.surveys.description.reader import parse_survey, read_survey


def test_the_default_survey_is_2mass() -> None:
    assert packaged_survey().short == "2MASS"
    assert packaged_survey("2mass") is packaged_survey("2mass")


def test_others_are_not_packaged() -> None:
    with pytest.raises(KeyError):
        packaged_description("wise")


@pytest.mark.parametrize("survey", PACKAGED_SURVEYS)
def test_packaged_descriptions_break_no_rule(survey: str) -> None:
    assert read_survey(packaged_description(survey), f"{survey}.toml").id == survey


def test_a_survey_read_of_its_parsed_file_is_that_of_its_description() -> None:
    assert parsed_file("2mass").is_file()
    described = parse_survey(packaged_description("2mass"), "2mass.toml")
    assert asdict(packaged_survey("2mass")) == asdict(described)
