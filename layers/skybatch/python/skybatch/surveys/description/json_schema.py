"""The JSON Schema of descriptions, for editors: made of the same classes that read them."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin

from skybatch.surveys.description.described import required
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.description.typed import described_keys

Schema = dict[str, Any]
_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
_ATTRIBUTE = re.compile(r"^(?P<names>[\w, ]+)\n(?P<text>(?: {4}.*\n?)+)", re.MULTILINE)


def survey_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a description."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Description of a survey",
        **_of_class(Survey),
    }


def _of_class(kind: type) -> Schema:
    keys, words = described_keys(kind), _attributes(kind)
    return {
        "type": "object",
        "description": inspect.getdoc(kind).split("\n\n")[0].replace("\n", " "),  # type: ignore[union-attr]
        "additionalProperties": False,
        "required": [key for key, each in keys.items() if required(each)],
        "properties": {key: _property(each, words.get(each.name, "")) for key, each in keys.items()},
    }


def _property(each: Field[Any], words: str) -> Schema:
    """Return the schema of a key, with its description, and its default where that is a plain value."""
    schema = _of(each.type)
    if words:
        schema["description"] = words
    if each.default is not MISSING and isinstance(each.default, str | int | float) and each.default != "":
        schema["default"] = each.default
    return schema


def _of(kind: Any) -> Schema:
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _of_class(kind)  # type: ignore[arg-type]
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        kinds = [_of(each) for each in arguments if each is not type(None)]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    if origin is tuple:
        return _of_tuple(arguments)
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(arguments[1])}
    return {"type": _TYPES[kind]}


def _of_tuple(arguments: tuple[Any, ...]) -> Schema:
    if arguments[-1] is Ellipsis:
        return {"type": "array", "items": _of(arguments[0])}
    count = len(arguments)
    return {
        "type": "array",
        "prefixItems": [_of(each) for each in arguments],
        "minItems": count,
        "maxItems": count,
    }


def _attributes(kind: type) -> dict[str, str]:
    """Return the words of each field in the docstring's section Attributes."""
    _, _, section = (inspect.getdoc(kind) or "").partition("Attributes\n----------\n")
    words = {}
    for found in _ATTRIBUTE.finditer(f"{section}\n"):
        for name in found["names"].split(","):
            words[name.strip()] = " ".join(found["text"].split()).replace("``", "`")
    return words
