"""JSON Schema of the request body, from the type that validates it."""

from __future__ import annotations

from typing import Any

from skybatch.api.openapi.operations import Schema
from skybatch.requests.fields import BatchRequestBody


def request_schema() -> Schema:
    """Return the schema of ``POST /batches`` and ``POST /plans``; in a form ``table`` is a file part."""
    schema = BatchRequestBody.model_json_schema()
    for field in schema["properties"].values():
        _remove_generated_facts(field)
    for generated in ("title", "description"):
        schema.pop(generated, None)
    return schema


def _remove_generated_facts(field: dict[str, Any]) -> None:
    """Remove the title, which repeats the name, and the default of fields that have none."""
    field.pop("title", None)
    if field.get("default") is None:
        field.pop("default", None)
