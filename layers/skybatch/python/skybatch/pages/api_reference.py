"""The interface's document as a page: every operation, its parameters and answers, every body's fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from skybatch.pages.environment import render

Spec = Mapping[str, Any]


def interface_page(document: Spec) -> str:
    """The page of an OpenAPI 3.1 document; nothing of it comes from outside."""
    operations = list(_operations(document))
    groups = {tag["name"]: tag["description"] for tag in document["tags"]}
    return render(
        "interface.html",
        info=document["info"],
        server=document["servers"][0]["url"],
        groups={
            name: (about, [one for one in operations if one["tag"] == name]) for name, about in groups.items()
        },
        schemas={name: _described(schema) for name, schema in document["components"]["schemas"].items()},
    )


def _operations(document: Spec) -> Iterator[dict[str, Any]]:
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for verb in ("get", "post"):
            if verb in item:
                one = item[verb]
                yield {
                    "verb": verb.upper(),
                    "path": path,
                    "tag": one["tags"][0],
                    "summary": one["summary"],
                    "parameters": [*shared, *one.get("parameters", [])],
                    "body": [name for content in _contents(one.get("requestBody", {})) for name in content],
                    "answers": {code: _answer(answer) for code, answer in one["responses"].items()},
                }


def _contents(holder: Spec) -> Iterator[list[str]]:
    """Media types, each with the schema that it names, if any."""
    for media_type, content in holder.get("content", {}).items():
        yield [media_type, *([name] if (name := _schema_name(content.get("schema", {}))) else [])]


def _schema_name(schema: Spec) -> str:
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def _answer(answer: Spec) -> dict[str, Any]:
    names = {content[1] for content in _contents(answer) if len(content) > 1}
    return {"words": answer["description"], "schemas": sorted(names)}


def _described(schema: Spec) -> list[dict[str, str]]:
    """The fields of a body in words: name, type, meaning."""
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "kind": _kind(field),
            "default": json.dumps(field["default"]) if "default" in field else "",
            "needed": "yes" if name in required else "no",
            "about": str(field.get("description", "")),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _kind(field: Spec) -> str:
    if "enum" in field:
        return " | ".join(str(word) for word in field["enum"])
    if "anyOf" in field or "oneOf" in field:
        return " or ".join(_kind(each) for each in field.get("anyOf", field.get("oneOf", [])))
    kind = field.get("type", "any")
    if kind == "array":
        return f"list of {_kind(field.get('items', {}))}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
