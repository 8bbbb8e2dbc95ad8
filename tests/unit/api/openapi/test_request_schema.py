"""The schema of the request body has the fields, defaults and examples that the parser takes."""

from __future__ import annotations

import json

import pytest

from skybatch.api.openapi.request_schema import request_schema, table_request_schema
from skybatch.errors import InvalidRequest
from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.parser import parse_body
from skybatch.requests.understood_table import understand_table
from skybatch.settings import Settings
from tests.support.batches.openapi import violations


def test_every_field_of_a_request_is_described_with_its_default() -> None:
    properties = request_schema()["properties"]
    assert set(properties) == set(BatchRequestBody.model_fields)
    for name, field in BatchRequestBody.model_fields.items():
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        assert properties[name].get("default") == default


@pytest.mark.parametrize("number", range(len(request_schema()["examples"])))
def test_an_example_conforms_and_is_a_valid_request(number: int) -> None:
    example = request_schema()["examples"][number]
    assert violations(example, "BatchRequest") == []
    request, _ = parse_body(json.dumps(example).encode(), "application/json", Settings())
    assert str(request.mode) == example["mode"]


@pytest.mark.parametrize(
    "fields", [{}, {"mode": "x"}, {"mode": "scan", "scan": 1000}, {"mode": "region", "label": "x" * 201}]
)
def test_what_the_schema_refuses_is_an_invalid_request(fields: dict[str, object]) -> None:
    assert violations(fields, "BatchRequest")


def test_the_example_of_a_table_conforms_and_is_understood() -> None:
    (example,) = table_request_schema()["examples"]
    assert violations(example, "TableRequest") == []
    understood = understand_table(json.dumps(example).encode(), "application/json", Settings())
    assert (understood.rows.errors, understood.default_size) == ((), 60.0)


@pytest.mark.parametrize("fields", [{}, {"table": "", "mode": "region"}, {"table": "", "format": "fits"}])
def test_what_the_schema_of_tables_refuses_is_an_invalid_request(fields: dict[str, object]) -> None:
    assert violations(fields, "TableRequest")
    with pytest.raises(InvalidRequest):
        understand_table(json.dumps(fields).encode(), "application/json", Settings())
