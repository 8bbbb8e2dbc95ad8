"""Response bodies have the names of the OpenAPI document and serialize as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

import pytest

from skybatch.api import models
from skybatch.errors import CellError, InvalidRequest
from tests.support.batches.openapi import DOCUMENT

BODIES = [models.SubmittedBatch, models.BatchEstimate, models.FinishedImage, models.ImagePage]


@pytest.mark.parametrize("body", BODIES)
def test_a_bodys_fields_are_those_of_its_schema(body: type[models.ImagePage]) -> None:
    schema = DOCUMENT["components"]["schemas"][body.__name__]
    assert [field.name for field in fields(body)] == schema["required"]


def test_a_page_of_images_is_plain_json() -> None:
    image = models.FinishedImage(0, "a.fits", 1, None, None, "j", "atlas", "https://x", "https://y")
    sent = json.loads(json.dumps(asdict(models.ImagePage((image,), None))))
    assert sent == {"images": [asdict(image)], "next": None}


def test_problem_details_have_the_fields_of_an_errors_problem() -> None:
    error = InvalidRequest("x", errors=[CellError("a", "b", "c")])
    assert [field.name for field in fields(models.ProblemDetails)] == list(error.problem())
