"""What may be asked of a survey that says nothing of requests."""

from __future__ import annotations

from skybatch.surveys.description.request_rules import DEFAULT_IMAGE_TYPE, IMAGE_TYPES, Requests
from skybatch.surveys.image_type import ImageType


def test_a_survey_can_be_asked_by_region_position_and_image_set() -> None:
    assert Requests().modes == ("region", "positions", "image_ids")
    assert Requests().diameter == (0.05, 7.0)


def test_the_words_for_types_of_images_are_those_of_requests() -> None:
    assert tuple(ImageType) == IMAGE_TYPES
    assert ImageType.ATLAS == DEFAULT_IMAGE_TYPE
