"""The schema of the request body has the fields, defaults and examples that the parser takes."""

from __future__ import annotations

import json
import re

import pytest

from skybatch.api.openapi.request_schema import (
    batch_form_schema,
    request_schema,
    table_form_schema,
    table_request_schema,
)
from skybatch.errors import InvalidRequest
from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.parser import parse_body
from skybatch.requests.understood_table import understand_table
from skybatch.settings import Settings
from tests.support.batches.openapi import violations


def shown(default: object) -> str:
    return json.dumps(default) if isinstance(default, bool | tuple) else str(default)


def test_every_field_of_a_request_is_described_with_its_default() -> None:
    properties = request_schema()["properties"]
    assert set(properties) == set(BatchRequestBody.model_fields)
    for name, field in BatchRequestBody.model_fields.items():
        assert "default" not in properties[name]
        said = re.findall(r"Default: `(.+)`", properties[name]["description"])
        assert said == ([] if field.default is None else [shown(field.default)])


def test_a_form_has_the_same_fields_as_single_values_and_a_file() -> None:
    for form, body in (
        (batch_form_schema(), request_schema()),
        (table_form_schema(), table_request_schema()),
    ):
        fields = form["properties"]
        assert set(fields) == set(body["properties"]) - {"table_base64"}
        assert fields["table"]["format"] == "binary"
        assert {field["type"] for field in fields.values()} <= {"string", "number", "integer", "boolean"}


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
