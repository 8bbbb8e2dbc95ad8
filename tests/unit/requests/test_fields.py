"""The body's JSON Schema and its parser agree: jsonschema is the judge."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.parser import parse_body
from tests.support.tables.request_tables import LIMITS, http_status

SCHEMA = BatchRequestBody.model_json_schema()
REGION = {"mode": "region", "center": "m83", "diameter": 0.2}


def conforms(body: dict[str, Any]) -> bool:
    return bool(Draft202012Validator(SCHEMA).is_valid(body))


def status(body: dict[str, Any]) -> int:
    return http_status(partial(parse_body, json.dumps(body).encode(), "application/json", LIMITS))


def test_every_field_is_described() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == set(BatchRequestBody.model_fields)
    assert all(field["description"] for field in SCHEMA["properties"].values())


@pytest.mark.parametrize("example", SCHEMA["examples"], ids=lambda example: str(example["mode"]))
def test_the_examples_conform_and_are_valid_requests(example: dict[str, Any]) -> None:
    assert conforms(example)
    assert status(example) == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name, field in SCHEMA["properties"].items()
        if name not in ("mode", "table")
        for value in [*field.get("enum", []), *field.get("examples", [])]
    ],
)
def test_every_documented_value_is_valid(name: str, value: object) -> None:
    scan = {"mode": "scan", "date": "971031", "hemisphere": "n", "scan": 96}
    body = {**(scan if name in scan else REGION), name: value}
    assert conforms(body)
    assert status(body) == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "regions"},
        {"image_type": "photo"},
        {"form": "png"},
        {"relation": "near"},
        {"label": "x" * 201},
        {"email": "a" * 250 + "@b.org"},
        {"mode": "scan", "date": "1997-10-31", "hemisphere": "n", "scan": 1},
        {"mode": "scan", "date": "971031", "hemisphere": "e", "scan": 1},
        {"mode": "scan", "date": "971031", "hemisphere": "n", "scan": 1000},
        {"mode": "scan", "date": "971031", "hemisphere": "n", "scan": 0},
        {"decompress": "perhaps"},
        {"diameter": "wide"},
    ],
)
def test_what_the_schema_forbids_is_invalid(changes: dict[str, Any]) -> None:
    body = {**REGION, **changes}
    assert not conforms(body)
    assert status(body) == 422


def test_a_body_without_mode_is_invalid() -> None:
    assert not conforms({})
    assert status({}) == 422


def test_defaults_of_the_schema_are_those_of_the_fields() -> None:
    fields = BatchRequestBody.model_validate({})
    for name, field in SCHEMA["properties"].items():
        value = getattr(fields, name)
        assert field["default"] == (list(value) if isinstance(value, tuple) else value)
