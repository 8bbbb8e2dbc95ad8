"""JSON Schema of the request body, from the type that validates it."""

from __future__ import annotations

from typing import Any

from skybatch.api.openapi.operations import Schema
from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.model import LIST_MODES, Mode
from skybatch.requests.understood_table import FIELDS, FORMAT_FIELD, FORMATS


def request_schema() -> Schema:
    """Return the schema of ``POST /batches`` and ``POST /plans``; in a form ``table`` is a file part."""
    schema = BatchRequestBody.model_json_schema()
    for field in schema["properties"].values():
        _remove_generated_facts(field)
    for generated in ("title", "description"):
        schema.pop(generated, None)
    return schema


def table_request_schema() -> Schema:
    """Return the schema of ``POST /tables``: of the same fields, those on which a table's meaning depends."""
    whole = request_schema()
    fields = {name: whole["properties"][name] for name in (*FIELDS, "table")}
    fields["mode"] = {**fields["mode"], "enum": list(LIST_MODES), "default": str(Mode.POSITIONS)}
    fields[FORMAT_FIELD] = {"type": "string", "description": "Form of the answer.", "enum": list(FORMATS)}
    example = {"table": "name,RA (h),DE\nHL Tau,4.36650847,19.53507\n", "size": "1arcmin"}
    return {"type": "object", "properties": fields, "required": ["table"], "examples": [example]}


def _remove_generated_facts(field: dict[str, Any]) -> None:
    """Remove the title, which repeats the name, and the default of fields that have none."""
    field.pop("title", None)
    if field.get("default") is None:
        field.pop("default", None)
