"""Response bodies have the names of the OpenAPI document and serialize as JSON."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from skybatch.api import models
from skybatch.errors import CellError, InvalidRequest
from tests.support.batches.openapi import DOCUMENT

BODIES = [models.SubmittedBatch, models.BatchEstimate, models.FinishedImage, models.ImagePage]


@pytest.mark.parametrize("body", BODIES)
def test_a_bodys_fields_are_those_of_its_schema(body: type[models.ImagePage]) -> None:
    schema = DOCUMENT["components"]["schemas"][body.__name__]
    absent = getattr(body, "absent_if_none", ())
    assert [field.name for field in fields(body)] == list(schema["properties"])
    assert [field.name for field in fields(body) if field.name not in absent] == schema["required"]


def test_a_page_of_images_is_plain_json() -> None:
    image = models.FinishedImage(0, "a.fits", 1, None, None, "j", "atlas", "https://x", "https://y")
    sent = json.loads(json.dumps(models.ImagePage((image,), None).to_json()))
    assert sent == {"images": [image.to_json()], "next": None}
    assert "survey" not in image.to_json()
    assert replace(image, survey="allwise").to_json()["survey"] == "allwise"


def test_problem_details_have_the_fields_of_an_errors_problem() -> None:
    error = InvalidRequest("x", errors=[CellError("a", "b", "c")])
    assert [field.name for field in fields(models.ProblemDetails)] == list(error.problem())
