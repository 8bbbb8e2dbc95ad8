"""What may be asked of several surveys at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skybatch.surveys.selection import SurveySelection, selection
from skybatch.validation import InvalidValue
from tests.support.survey.descriptions import known_survey, plain_survey
from tests.support.survey.two_surveys import SURVEY


@pytest.fixture(autouse=True)
def wide() -> Iterator[None]:
    with known_survey(SURVEY):
        yield


@pytest.fixture
def both() -> SurveySelection:
    return selection("asky", "wide")


def test_modes_and_relations_are_those_of_all(both: SurveySelection) -> None:
    assert both.modes == ("region", "positions", "image_ids")
    assert both.relations == ("overlap", "cover", "enclosed")
    assert both.diameter == (0.1, 3.0)
    assert (both.default_form, selection("wide").default_form) == ("fits.gz", "fits")
    assert selection("asky", "sx").modes[-1] == "image_ids"


def test_each_survey_takes_the_words_it_knows(both: SurveySelection) -> None:
    assert both.bands([]) == {"asky": ("j", "h", "k"), "wide": ("w1", "w2", "w3")}
    assert both.bands(["Ks", "w2", "J"]) == {"asky": ("j", "k"), "wide": ("w2",)}
    assert both.bands(["all"]) == both.bands([])
    assert both.bands(["JHK", "W1+W3"]) == {"asky": ("j", "h", "k"), "wide": ("w1", "w3")}


def test_a_word_that_no_survey_knows_is_refused_with_those_of_all(both: SurveySelection) -> None:
    with pytest.raises(InvalidValue, match=r"J of 2MASS, .*W3 of WIDE"):
        both.bands(["J", "W9"])


def test_a_survey_left_without_bands_is_named(both: SurveySelection) -> None:
    with pytest.raises(InvalidValue, match="no band of WIDE"):
        both.bands(["J"])


def test_cells_hold_bands_and_image_sets_of_any(both: SurveySelection) -> None:
    assert both.bands_of_cell("w1") == ("w1",)
    assert both.bands_of_cell("J,W3") == ("j", "w3")
    assert both.image_id("990101n0010009") == "990101n0010009"
    assert both.image_id("1800p200") == "1800p200"
    with pytest.raises(InvalidValue, match="WIDE"):
        both.bands_of_cell("x")
    with pytest.raises(InvalidValue, match=r"2MASS .*; .*WIDE"):
        both.image_id("18:00")


def test_a_set_that_one_number_names_needs_no_zeros() -> None:
    number = ('match = "[0-9]{5}[+-][0-9]{5}"', 'type = "int", match = "[0-9]{5}"')
    templates = ('id = "{field}"', 'id = "{field:05d}"'), ("{field[0:2]}/{field}", "{field:05d}")
    with known_survey(plain_survey(number, *templates)):
        assert selection("radio").image_id("1381") == selection("radio").image_id("01381") == "01381"
        for wrong in ("138100", "-1", "1381.0"):
            with pytest.raises(InvalidValue, match="Radio"):
                selection("radio").image_id(wrong)


def test_bands_are_written_as_one_survey_has_them_and_with_commas_of_several(both: SurveySelection) -> None:
    assert selection("asky").bands_text(("j", "k")) == "JK"
    assert both.bands_text(("j", "w2")) == "J,W2"


def test_words_without_end_are_refused(both: SurveySelection) -> None:
    assert both.bands(["j", "w1"] * 50) == {"asky": ("j",), "wide": ("w1",)}
    with pytest.raises(InvalidValue):
        both.bands(["j", "w1"] * 51)
    with pytest.raises(InvalidValue):
        both.bands_of_cell("j," * 101)
