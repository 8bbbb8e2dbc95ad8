"""The document of an archive without 2MASS: its surveys' names, and examples of an image that it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from skybatch.api.openapi.document import PUBLISHED
from skybatch.api.openapi.held_surveys import with_held_surveys
from skybatch.surveys.example_images import ExampleImage, remember_examples
from skybatch.surveys.known import hold, learn_from
from tests.support.survey.described.allwise_tree import SURVEY, address
from tests.support.survey.descriptions import known_survey, plain_survey

TILE = "3139p772_ac51"
IMAGE = ExampleImage(address(TILE, 1), TILE, "w1", 314.25, 77.6, 4095, 64)
DID = f"ivo://skybatch/allwise?{IMAGE.address}"


def document() -> Any:
    return json.loads(PUBLISHED.read_text("utf-8"))


def examples(of: Any) -> dict[str, Any]:
    """What an operation's parameters, and those of its path, are shown with."""
    return {each["name"]: each["example"] for each in of.get("parameters", []) if "example" in each}


@pytest.fixture(autouse=True)
def archive() -> Iterator[None]:
    learn_from(lambda: None)
    with known_survey(SURVEY), known_survey(plain_survey()):
        hold(["allwise"])
        remember_examples({"allwise": IMAGE})
        yield
    hold([])
    remember_examples({})


def test_examples_are_of_an_image_that_is_held() -> None:
    paths = with_held_surveys(document())["paths"]
    data = paths["/ibe/data/{path}"]
    assert examples(data) == {"path": IMAGE.address, "center": "2047,32px", "size": "64px"}
    assert examples(paths["/soda/sync"]["get"]) == {"ID": DID, "PIXELS": "2016 2079 1 64"}
    assert examples(paths["/datalink/links"]["get"]) == {"ID": DID}
    assert examples(paths["/SIA"]["get"])["POS"] == "CIRCLE 314.25000 77.60000 0.1"
    searched = paths["/ibe/search/{mission}/{folder}/{table}"]
    assert examples(searched["get"])["POS"] == "314.25000,77.60000"
    body = searched["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert body["properties"]["POS"]["examples"] == ["314.25000,77.60000"]
    assert examples(paths["/surveys/{name}/{file}"]) == {"name": "allwise", "file": "coverage.json"}
    assert examples(paths["/"]["get"]) == {"example": "region"}


def test_addresses_are_those_of_all_surveys_the_first_one_s_first() -> None:
    hold(["allwise", "radio"])
    paths = with_held_surveys(document())["paths"]
    of_path = paths["/ibe/sia/{mission}/{folder}/{table}"]["parameters"]
    words = {each["name"]: each["schema"]["enum"] for each in of_path}
    assert (words["folder"], words["table"]) == (["allwise", "radio"], ["p3am_cdd", "images"])
    assert words["mission"][0] == "wise"
    assert not [path for path in paths if path.startswith("/cgi-bin")]


def test_nothing_of_2mass_is_left() -> None:
    text = json.dumps(with_held_surveys(document()))
    for word in ("2mass", "twomass", "asky", "971031", "1590591", "ji0960197"):
        assert word not in text.lower(), word


def test_an_archive_that_names_no_image_has_no_example_of_one() -> None:
    remember_examples({})
    paths = with_held_surveys(document())["paths"]
    assert examples(paths["/ibe/data/{path}"]) == {}
    assert examples(paths["/soda/sync"]["get"]) == {}
    assert examples(paths["/SIA"]["get"]) == {"MAXREC": "10"}
    assert examples(paths["/help/{topic}"]) == {"topic": "tables"}


@pytest.mark.parametrize("held", [[], ["asky"], ["allwise", "sx"]])
def test_with_2mass_and_where_the_archive_says_nothing_the_document_is_as_it_was(held: list[str]) -> None:
    hold(held)
    assert with_held_surveys(document()) == document()
