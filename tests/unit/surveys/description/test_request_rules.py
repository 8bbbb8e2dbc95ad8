"""What may be asked of a survey that says nothing of requests."""

from __future__ import annotations

from skybatch.surveys.description.request_rules import Requests


def test_a_survey_can_be_asked_by_region_position_and_image_set() -> None:
    assert Requests().modes == ("region", "positions", "image_ids")
    assert Requests().diameter == (0.05, 7.0)
