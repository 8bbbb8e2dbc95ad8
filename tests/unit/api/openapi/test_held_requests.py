"""Requests in the document of an archive without 2MASS: what can be asked for, and examples that work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from skybatch.api.openapi.document import PUBLISHED
from skybatch.api.openapi.held_requests import describe_request
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.surveys.example_images import ExampleImage, remember_examples
from skybatch.surveys.known import learn_from
from tests.support.survey.described.allwise_tree import SURVEY, address
from tests.support.survey.descriptions import known_survey, plain_survey

TILE = "3139p772_ac51"
IMAGE = ExampleImage(address(TILE, 1), TILE, "w1", 314.25, -7.6, 4095, 4095)
HELD = {"allwise": SURVEY, "radio": plain_survey()}


def described(name: str) -> Any:
    schema = json.loads(PUBLISHED.read_text("utf-8"))["components"]["schemas"][name]
    describe_request(schema, HELD)
    return schema


@pytest.fixture(autouse=True, params=[True, False])
def has_image(request: pytest.FixtureRequest) -> Iterator[bool]:
    learn_from(lambda: None)
    with known_survey(SURVEY), known_survey(HELD["radio"]):
        remember_examples({"allwise": IMAGE} if request.param else {})
        yield request.param
    remember_examples({})


def test_each_example_is_a_request_that_is_taken() -> None:
    found = described("BatchRequest")["examples"]
    assert [each["mode"] for each in found] == ["region", "positions", "image_ids"]
    for example in found:
        parsed, _ = parse_body(json.dumps(example).encode(), "application/json", Settings())
        assert parsed.dataset == "allwise"
        assert parsed.mode == example["mode"]


@pytest.mark.parametrize("name", ["BatchRequest", "BatchForm", "TableRequest", "TableForm"])
def test_modes_bands_and_names_are_those_of_the_surveys(name: str) -> None:
    fields = described(name)["properties"]
    assert {"scan", "scans", "coadd_keys"}.isdisjoint(fields["mode"]["enum"])
    assert "image_ids" in fields["mode"]["enum"]
    assert {"date", "hemisphere", "scan"}.isdisjoint(fields)
    assert fields["table"]["description"].startswith("Modes positions and image_ids: ")
    if "bands" in fields:
        assert fields["bands"]["description"].startswith("W1, W2, W3, W4, L, a list")
    if name == "BatchRequest":
        assert fields["bands"]["oneOf"][1]["items"]["enum"] == ["w1", "w2", "w3", "w4", "l"]
        assert fields["survey"]["examples"] == ["allwise", "radio", ["allwise", "radio"]]
        assert fields["dataset"]["description"].endswith("Default: `allwise`.")
