"""The surveys of a form: which is the first, and what can be asked beside it."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.errors import InventoryError
from skybatch.pages.survey_choice import held_surveys, survey_choice, unknown_surveys
from skybatch.surveys.known import DEFAULT_DATASET, hold, learn_from
from tests.support.survey.descriptions import known_survey, plain_survey

HELD = ("asky", "sx", "radio")


@pytest.mark.parametrize(
    ("fields", "dataset", "asked", "offered"),
    [
        ({}, "asky", ["asky"], ["radio"]),
        ({"survey": "2mass-sx"}, "sx", ["sx"], ["radio"]),
        ({"dataset": "sx"}, "sx", ["sx"], ["radio"]),
        ({"survey": ["radio", "2mass-asky"]}, "radio", ["radio", "asky"], ["asky", "sx"]),
        ({"survey": "2mass-asky,2mass-sx"}, "asky", ["asky", "sx"], ["sx", "radio"]),
        ({"survey": "unheard"}, "asky", ["asky"], ["radio"]),
    ],
)
def test_the_first_that_is_named_has_the_form(
    fields: dict[str, Any], dataset: str, asked: list[str], offered: list[str]
) -> None:
    with known_survey(plain_survey()):
        choice = survey_choice(fields, "asky", HELD)
        assert (choice.dataset, list(choice.asked), list(choice.offered)) == (dataset, asked, offered)
        assert [other.is_asked for other in choice.others] == [name in asked for name in offered]


def test_a_band_is_shown_once_whatever_surveys_have_it() -> None:
    with known_survey(plain_survey()):
        first, second = survey_choice({"survey": "2mass-asky,2mass-sx"}, "asky", HELD).others
        assert [band.id for band in first.bands] == []
        assert [band.id for band in second.bands] == ["l"]


def test_words_that_name_no_survey_are_told() -> None:
    assert unknown_surveys({"survey": ["2mass-asky", "unheard"]}) == ["unheard"]


def test_the_packaged_survey_stands_where_the_archive_cannot_say_what_it_holds() -> None:
    def fail() -> None:
        raise InventoryError("inventory/surveys.json is damaged")

    learn_from(fail)
    assert held_surveys() == (DEFAULT_DATASET, ())
    learn_from(lambda: hold(["sx"]))
    assert held_surveys() == ("sx", ("sx",))
