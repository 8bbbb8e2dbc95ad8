"""The OpenAPI document as a page: every operation with its parameters and responses, every schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from skybatch.pages.environment import render

Spec = Mapping[str, Any]


def api_reference_page(document: Spec) -> str:
    """Render an OpenAPI 3.1 document; the page loads nothing from other hosts."""
    operations = list(_operations(document))
    groups = {tag["name"]: tag["description"] for tag in document["tags"]}
    return render(
        "api_reference.html",
        info=document["info"],
        server=document["servers"][0]["url"],
        groups={
            name: (description, [each for each in operations if each["tag"] == name])
            for name, description in groups.items()
        },
        schemas={name: _schema_fields(schema) for name, schema in document["components"]["schemas"].items()},
    )


def _operations(document: Spec) -> Iterator[dict[str, Any]]:
    for path, item in document["paths"].items():
        parameters = item.get("parameters", [])
        for verb in ("get", "post"):
            if verb in item:
                yield {"verb": verb.upper(), "path": path, **_operation(item[verb], parameters)}


def _operation(operation: Spec, path_parameters: list[Spec]) -> dict[str, Any]:
    body = _contents(operation.get("requestBody", {}))
    return {
        "tag": operation["tags"][0],
        "summary": operation["summary"],
        "parameters": [*path_parameters, *operation.get("parameters", [])],
        "body": [name for content in body for name in content],
        "responses": {code: _response(response) for code, response in operation["responses"].items()},
    }


def _contents(holder: Spec) -> Iterator[list[str]]:
    """List media types, each with the schema that it names, if any."""
    for media_type, content in holder.get("content", {}).items():
        yield [media_type, *([name] if (name := _schema_name(content.get("schema", {}))) else [])]


def _schema_name(schema: Spec) -> str:
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def _response(response: Spec) -> dict[str, Any]:
    names = {content[1] for content in _contents(response) if len(content) > 1}
    return {"description": response["description"], "schemas": sorted(names)}


def _schema_fields(schema: Spec) -> list[dict[str, str]]:
    """List the fields of a schema: name, type, default, whether required, description."""
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field),
            "default": json.dumps(field["default"]) if "default" in field else "",
            "required": "yes" if name in required else "no",
            "description": str(field.get("description", "")),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: Spec) -> str:
    if "$ref" in field:
        return _schema_name(field)
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if "anyOf" in field or "oneOf" in field:
        return " or ".join(_type(each) for each in field.get("anyOf", field.get("oneOf", [])))
    type_ = field.get("type", "any")
    if type_ == "array":
        return f"list of {_type(field.get('items', {}))}"
    return " or ".join(type_) if isinstance(type_, list) else str(type_)
