"""Names of colour pictures, and the rules that colours of a description keep."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidSurvey
from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.colour_names import broken_colour_rules, colour_name
from skybatch.surveys.description.images import Names
from skybatch.surveys.description.reader import read_survey
from tests.support.survey.two_surveys import DESCRIPTION, SURVEY


def test_the_word_of_a_picture_stands_where_files_have_their_band() -> None:
    assert colour_name(packaged_survey().names) == ("token", "jhk")
    assert colour_name(SURVEY.names) == ("id", "rgb")


@pytest.mark.parametrize(
    ("file", "colour"),
    [
        ("a_{id}_{band.id}", "rgb_{id}"),
        ("a_{id}_{band.id}", "a_{id}_"),
        ("a_{id}_{band.id}", "a_{id}_{band.id}"),
        ("a_{id}_{band.id}", "b_{id}_rgb"),
        ("a_{id}", "a_{id}_rgb"),
        ("{band.id}_{id}_{band.label}", "rgb_{id}_rgb"),
    ],
)
def test_names_that_do_not_go_together(file: str, colour: str) -> None:
    assert colour_name(Names(file=file, colour=colour)) is None


def test_colours_that_keep_the_rules() -> None:
    assert not list(broken_colour_rules(SURVEY))
    assert not list(broken_colour_rules(packaged_survey()))


@pytest.mark.parametrize(
    ("colour", "key"),
    [
        ('{ bands = ["w3", "w2", "x"] }', r"requests\.colour\.bands\[2\]"),
        ('{ bands = ["w3", "w2", "w3"] }', r"requests\.colour\.bands\[2\]"),
        ('{ bands = ["w3", "w2", "w1"], reference = "w4" }', r"requests\.colour\.reference"),
        ('{ bands = ["w3", "w2", "w1"], zero = "w1" }', r"requests\.colour\.zero"),
        ('{ bands = ["w3", "w2", "w1"] }\n[names]\ncolour = "{id}_rgb"', r"names\.colour"),
    ],
)
def test_a_broken_rule_is_named_by_its_key(colour: str, key: str) -> None:
    head, _, _ = DESCRIPTION.partition("colour =")
    with pytest.raises(InvalidSurvey, match=rf"(?m)^wide\.toml: {key}: "):
        read_survey(f"{head}colour = {colour}\n", "wide.toml")
