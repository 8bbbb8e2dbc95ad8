"""Bands as people write them, for a survey of letters and for one of longer names."""

from __future__ import annotations

import pytest

from skybatch.surveys.band_words import bands, cell_rule, field_rule
from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.survey import Survey
from skybatch.validation import InvalidValue
from tests.support.survey.descriptions import plain_survey

FOUR = ", ".join(
    f'{{ id = "w{n}", label = "W{n}", words = ["w{n}", "{n}"], wave = [{n}e-6, {n - 0.5}e-6, {n + 0.5}e-6] }}'
    for n in range(1, 5)
)


@pytest.fixture
def four() -> Survey:
    one = '{ id = "l", label = "L", wave = [0.21, 0.20, 0.22] }'
    return plain_survey((one, FOUR), ('"{field[0:2]}/{field}"', '"{field}-{band.token}"'))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("W1", ("w1",)),
        ("w2,w1", ("w1", "w2")),
        ("W1W4", ("w1", "w4")),
        ("13", ("w1", "w3")),
        ("all", ("w1", "w2", "w3", "w4")),
        ("A", ("w1", "w2", "w3", "w4")),
    ],
)
def test_bands_of_longer_names(four: Survey, text: str, expected: tuple[str, ...]) -> None:
    assert bands(text, four) == expected


@pytest.mark.parametrize("text", ["j", "w5", "w1x", "", ",", "w"])
def test_other_words_are_refused(four: Survey, text: str) -> None:
    with pytest.raises(InvalidValue, match="w1, w2, w3, w4"):
        bands(text, four)


def test_rules_name_the_survey_s_words(four: Survey) -> None:
    assert (
        cell_rule(four) == "must be w1, w2, w3, w4, several of them as in W1,W2,W3,W4, or a (all four bands)"
    )
    assert field_rule(four) == "must be W1, W2, W3, W4, a list of them, or all"
    twomass = packaged_survey()
    assert cell_rule(twomass) == "must be j, h, k (or Ks), several of them as in JHK, or a (all three bands)"
    assert field_rule(twomass) == "must be J, H, K (or Ks), a list of them, or all"
    assert cell_rule(plain_survey()) == "must be l, or a (the one band)"
