"""Response bodies judged by the schemas of the OpenAPI document."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from skybatch.api.openapi.published import published_document
from skybatch.settings import Settings

DOCUMENT = published_document(Settings(), "https://sky.example.org")


def violations(body: Any, schema: str) -> list[str]:
    """Return how a body breaks a schema of the document; nothing where it conforms."""
    resolvable = {**DOCUMENT, "$ref": f"#/components/schemas/{schema}"}
    validator = Draft202012Validator(resolvable, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
