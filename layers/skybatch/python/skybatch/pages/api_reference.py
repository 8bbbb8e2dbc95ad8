"""The OpenAPI document as a page: every operation with its parameters and responses, every schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from skybatch.pages.api_calls import as_curl, as_python
from skybatch.pages.api_examples import BatchExample, example_calls
from skybatch.pages.environment import render

Spec = Mapping[str, Any]
VERBS = ("get", "head", "post")
# What sending a call changes, which its button says.
STARTS = {
    "submitBatch": "starts a batch",
    "resubmitBatch": "starts a batch",
    "cancelBatch": "ends the batch",
}


def api_reference_page(document: Spec, batch: BatchExample | None = None) -> str:
    """Render an OpenAPI 3.1 document, each call with examples that can be sent.

    ``batch`` is what the examples of calls on a batch are about. The page loads nothing from other hosts.
    """
    about = batch or BatchExample()
    operations = list(_operations(document, about))
    groups = {tag["name"]: tag["description"] for tag in document["tags"]}
    return render(
        "api_reference.html",
        batch=about,
        info=document["info"],
        server=document["servers"][0]["url"],
        groups={
            name: (description, [each for each in operations if each["tag"] == name])
            for name, description in groups.items()
        },
        schemas={name: _schema_fields(schema) for name, schema in document["components"]["schemas"].items()},
    )


def _operations(document: Spec, batch: BatchExample) -> Iterator[dict[str, Any]]:
    server = document["servers"][0]["url"]
    for path, item in document["paths"].items():
        for verb in VERBS:
            if verb not in item:
                continue
            parameters = [*item.get("parameters", []), *item[verb].get("parameters", [])]
            operation = {**item[verb], "parameters": parameters}
            calls = example_calls(server, verb.upper(), path, operation, document, batch)
            yield {
                "verb": verb.upper(),
                "path": path,
                "calls": [(call, as_curl(call), as_python(call)) for call in calls],
                "missing": re.findall(r"\{(\w+)\}", calls[0].url),
                **_operation(operation),
            }


def _operation(operation: Spec) -> dict[str, Any]:
    body = _contents(operation.get("requestBody", {}))
    return {
        "id": operation["operationId"],
        "tag": operation["tags"][0],
        "summary": operation["summary"],
        "description": operation["description"],
        "starts": STARTS.get(operation["operationId"], ""),
        "parameters": operation["parameters"],
        "body": [name for content in body for name in content],
        "responses": {code: _response(response) for code, response in sorted(operation["responses"].items())},
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
