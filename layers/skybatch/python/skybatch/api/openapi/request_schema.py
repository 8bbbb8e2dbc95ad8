"""JSON Schema of the request body, from the type that validates it."""

from __future__ import annotations

import json
from typing import Any

from skybatch.api.openapi.operations import BINARY, Schema
from skybatch.requests.body.payload import ENCODED_TABLE
from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.model import LIST_MODES, Mode
from skybatch.requests.understood_table import FIELDS, FORMAT_FIELD, FORMATS


def request_schema() -> Schema:
    """Return the schema of ``POST /batches`` and ``POST /plans``; of a form, see `batch_form_schema`."""
    schema = BatchRequestBody.model_json_schema()
    fields = schema["properties"]
    schema["properties"] = {name: _without_generated_facts(field) for name, field in fields.items()}
    for generated in ("title", "description"):
        schema.pop(generated, None)
    return schema


def batch_form_schema() -> Schema:
    """Return the schema of the same request as a form."""
    return _as_form(request_schema())


def table_request_schema() -> Schema:
    """Return the schema of ``POST /tables``: of the same fields, those on which a table's meaning depends."""
    whole = request_schema()
    fields = {name: whole["properties"][name] for name in (*FIELDS, "table", ENCODED_TABLE)}
    fields["mode"] = with_default({**fields["mode"], "enum": list(LIST_MODES)}, Mode.POSITIONS)
    fields[FORMAT_FIELD] = {"type": "string", "description": "Form of the answer.", "enum": list(FORMATS)}
    example = {"table": "name,RA (h),DE\nHL Tau,4.36650847,19.53507\n", "size": "1arcmin"}
    return {"type": "object", "properties": fields, "minProperties": 1, "examples": [example]}


def table_form_schema() -> Schema:
    """Return the schema of ``POST /tables`` as a form."""
    return {**_as_form(table_request_schema()), "required": ["table"]}


def _as_form(schema: Schema) -> Schema:
    """Return a request's schema as that of a form, whose table is a file and whose fields are single values.

    A form has no null: what is not known is not sent.
    """
    fields = {name: field for name, field in schema["properties"].items() if name != ENCODED_TABLE}
    fields["table"] = {**BINARY, "description": fields["table"]["description"]}
    fields = {name: _single(field) for name, field in fields.items()}
    return {key: value for key, value in schema.items() if key != "examples"} | {"properties": fields}


def _single(field: Schema) -> Schema:
    """Return the schema of a field that a form sends as one text or number."""
    if "oneOf" in field or isinstance(field.get("type"), list):
        kept = {key: value for key, value in field.items() if key not in ("oneOf", "examples")}
        return {**kept, "type": "string"}
    return field


def with_default(field: Schema, value: Any) -> Schema:
    """Return the schema of a field that may be left out, which its description says.

    A ``default`` makes generators send every field, or demand it of their callers (openapi-typescript).
    """
    shown = json.dumps(value) if isinstance(value, bool | list | tuple) else str(value)
    return {**field, "description": f"{field['description']} Default: `{shown}`."}


def _without_generated_facts(field: Schema) -> Schema:
    """Return a field without the title, which repeats the name, its default in its description."""
    kept = {key: value for key, value in field.items() if key not in ("title", "default")}
    return kept if field.get("default") is None else with_default(kept, field["default"])
