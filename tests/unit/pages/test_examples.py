"""The examples of the form: one of each mode, and each a request that the service accepts."""

from __future__ import annotations

import json

import pytest

from skybatch.pages.examples import EXAMPLES
from skybatch.requests.model import Mode
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.surveys.catalogue import packaged_survey
from tests.support.survey.descriptions import known_survey


def test_every_mode_has_an_example() -> None:
    assert list(EXAMPLES) == [mode for mode in Mode if mode is not Mode.IMAGE_IDS]


@pytest.mark.parametrize("mode", EXAMPLES)
def test_an_example_is_accepted_without_a_notice(mode: str) -> None:
    body = json.dumps({"mode": mode, **EXAMPLES[mode]}).encode()
    request, _ = parse_body(body, "application/json", Settings())
    assert (request.mode, request.notices) == (mode, ())


@pytest.mark.parametrize("mode", ["region", "positions", "image_ids"])
def test_an_example_of_another_survey_is_accepted_without_a_notice(mode: str) -> None:
    with known_survey(packaged_survey("allwise")) as survey:
        body = json.dumps({"mode": mode, "survey": "allwise", **survey.requests.example[mode]}).encode()
        request, _ = parse_body(body, "application/json", Settings())
    assert (request.mode, request.notices) == (mode, ())


def test_the_positions_example_means_what_it_shows() -> None:
    body = json.dumps({"mode": "positions", **EXAMPLES["positions"]}).encode()
    request, _ = parse_body(body, "application/json", Settings())
    assert [(row.id, row.size, row.best_only) for row in request.rows] == [
        ("crop", 50.0, True), ("whole", None, False), ("finder", 300.0, True),
    ]  # fmt: skip
