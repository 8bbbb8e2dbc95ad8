"""Parameters of searches: their examples are of parameters that there are, and of images of the survey."""

from __future__ import annotations

from typing import Any

from skybatch.api.openapi.search_parameters import EXAMPLES, STORED
from skybatch.api.openapi.search_paths import search_paths
from skybatch.surveys.known import key_layout


def named(item: dict[str, Any]) -> set[str]:
    return {each["name"] for each in (*item.get("parameters", ()), *item["get"].get("parameters", ()))}


def test_each_example_is_of_a_parameter_of_its_call() -> None:
    calls = {item["get"]["operationId"]: named(item) for item in search_paths().values()}
    assert EXAMPLES.keys() <= calls.keys()
    for operation_id, values in EXAMPLES.items():
        assert values.keys() <= calls[operation_id]


def test_the_example_of_a_stored_image_is_an_address_of_the_survey() -> None:
    assert key_layout("2mass").parse(STORED) is not None
