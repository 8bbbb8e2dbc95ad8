"""The published JSON Schema: current, valid, and in agreement with the reader."""

from __future__ import annotations

import tomllib

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from skybatch.surveys.catalogue import packaged_description
from skybatch.surveys.description.json_schema import survey_schema
from tests.support.survey.descriptions import PLAIN, plain_description
from tools.survey_schema import PUBLISHED, published_schema


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text() == published_schema(), "python -m tools.survey_schema"


@pytest.mark.parametrize("text", [PLAIN, packaged_description("2mass")], ids=["plain", "2mass"])
def test_descriptions_fit_it(text: str) -> None:
    validator = Draft202012Validator(survey_schema())
    assert list(validator.iter_errors(tomllib.loads(text))) == []


@pytest.mark.parametrize(("old", "new"), [("schema = 1", "schema = 2"), ('label = "L"', 'labels = "L"')])
def test_what_the_reader_refuses_does_not_fit(old: str, new: str) -> None:
    validator = Draft202012Validator(survey_schema())
    assert list(validator.iter_errors(tomllib.loads(plain_description((old, new)))))


def test_keys_are_explained() -> None:
    properties = survey_schema()["properties"]
    assert "wavelength" in properties["band"]["items"]["properties"]["wave"]["description"]
