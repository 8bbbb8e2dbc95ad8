"""A description is read whole or refused with file, key and rule of everything that is wrong."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidSurvey
from skybatch.surveys.description.reader import description_text, parse_survey, read_survey
from tests.support.survey.descriptions import PLAIN, plain_description, plain_survey


def test_a_plain_description_gets_its_defaults() -> None:
    survey = plain_survey()
    (band,) = survey.band
    assert (survey.mission.name, band.show, band.token, band.native, band.words) == (
        "radio",
        "L",
        "l",
        "l",
        ("l",),
    )
    assert list(survey.datasets) == ["radio"]
    assert survey.survey_id("radio") == "radio"
    assert survey.obscore.did == "ivo://skybatch/radio?{address}"
    assert survey.names.file == "radio_{id}_{band.id}{product.mark}"
    assert survey.product["image"].read == ("fits",)


def test_what_is_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(InvalidSurvey, match=r"^radio\.toml: is not TOML: .*line 2"):
        read_survey("schema = 1\nid = \n", "radio.toml")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('title = "A Radio Survey"\n', "", "title"),
        ('short = "Radio"', "short = 3", "short"),
        ("wave = [0.21, 0.20, 0.22]", "wave = [0.21, 0.20]", r"band\[0\]\.wave"),
        ("wave = [0.21, 0.20, 0.22]", 'wave = [0.21, "x", 0.22]', r"band\[0\]\.wave\[1\]"),
        ('label = "L"', 'label = "L", labels = "L"', r"band\[0\]\.labels"),
        ("schema = 1", "schema = 2", "schema"),
        ("schema = 1", "schema = true", "schema"),
        ('forms = ["fits"]', 'forms = "fits"', r"product\.image\.forms"),
    ],
)
def test_a_key_of_a_wrong_type_missing_or_unknown_is_named(old: str, new: str, key: str) -> None:
    with pytest.raises(InvalidSurvey, match=rf"^radio\.toml: {key}: "):
        parse_survey(plain_description((old, new)), "radio.toml")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = plain_description(('id = "radio"', 'id = "Radio Survey"'), ('match = "[0-9]{5}', 'match = "(.*)'))
    with pytest.raises(InvalidSurvey) as refused:
        read_survey(text, "radio.toml")
    assert [line.split(":")[1].strip() for line in refused.value.detail.splitlines()][:2] == [
        "id",
        "mission.name",
    ]
    assert "radio.toml: fields.field.match:" in refused.value.detail


def test_a_description_that_is_empty_names_every_missing_key() -> None:
    with pytest.raises(InvalidSurvey) as refused:
        read_survey("", "x.toml")
    assert refused.value.detail.count("is missing") == 9


def test_reading_twice_gives_the_same() -> None:
    first, second = (read_survey(PLAIN, "radio.toml") for _ in range(2))
    assert first.product["image"].key == second.product["image"].key


def test_a_file_in_another_encoding_is_refused_by_its_name() -> None:
    assert description_text('title = "é"'.encode(), "x.toml") == 'title = "é"'
    with pytest.raises(InvalidSurvey, match=r"^x\.toml: "):
        description_text('title = "é"'.encode("latin-1"), "x.toml")
