"""JSON Schemas of response bodies, generated from the dataclasses that the service serializes.

Draft 2020-12, as OpenAPI 3.1 has it.
"""

from __future__ import annotations

import re
from dataclasses import fields
from inspect import cleandoc
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from skybatch.api.models import BatchEstimate, ImagePage, ProblemDetails, SubmittedBatch, TableReading
from skybatch.api.openapi.operations import Schema, reference
from skybatch.api.survey_models import SurveyList
from skybatch.batch.codes import RowStatus
from skybatch.requests.model import Mode
from skybatch.status import BatchStatus

RESPONSES: tuple[Any, ...] = (
    SubmittedBatch,
    BatchEstimate,
    BatchStatus,
    TableReading,
    ImagePage,
    SurveyList,
    ProblemDetails,
)
# What the types themselves cannot say, by name on the wire.
DETAILS: dict[str, dict[str, Schema]] = {
    "BatchEstimate": {"by_outcome": {"propertyNames": {"enum": [str(status) for status in RowStatus]}}},
    "BatchStatus": {
        "mode": {"enum": [str(mode) for mode in Mode]},
        # No summary is stored before a batch is recorded: an empty object.
        "asked": {"anyOf": [reference("RequestSummary"), {"type": "object", "maxProperties": 0}]},
    },
}


def response_schemas() -> dict[str, Schema]:
    """Return the schema of every response body, and of every part of one, by name."""
    _, document = TypeAdapter.json_schemas(
        [(body, "serialization", TypeAdapter(body)) for body in RESPONSES],
        ref_template=reference("{model}")["$ref"],
        schema_generator=_ResponseSchema,
    )
    return dict(document["$defs"])


class _ResponseSchema(GenerateJsonSchema):
    """Schemas of dataclasses as they stand on the wire."""

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> Schema:
        """Return the schema of a dataclass under its names on the wire, described by its docstring."""
        return _on_the_wire(schema["cls"], super().dataclass_schema(schema)["properties"])

    def int_schema(self, schema: core_schema.IntSchema) -> Schema:
        """Return the schema of an integer: all that the service answers are counts or sizes."""
        return {"type": "integer", "minimum": 0}

    def tuple_schema(self, schema: core_schema.TupleSchema) -> Schema:
        """Return the schema of a tuple; one of a fixed length has items of one kind.

        Generators and linters want ``items`` beside ``type: array``, which ``prefixItems`` does not replace.
        """
        made = super().tuple_schema(schema)
        first, *others = made.pop("prefixItems", None) or [None]
        if first is None:
            return made
        if any(other != first for other in others):
            raise TypeError("the items of a fixed tuple must be of one type")
        return {**made, "items": first}


def _on_the_wire(body: type[Any], properties: dict[str, Schema]) -> Schema:
    summary, descriptions = docstring_parts(body)
    absent = getattr(body, "absent_if_none", ())
    described, required = {}, []
    for each in fields(body):
        name = getattr(body, "wire_names", {}).get(each.name, each.name)
        details = {**each.metadata, **DETAILS.get(body.__name__, {}).get(name, {})}
        described[name] = _property(properties[each.name], details, descriptions.get(each.name, ""))
        required += [] if each.name in absent else [name]
    return {"type": "object", "description": summary, "properties": described, "required": required}


def _property(generated: Schema, details: Schema, description: str) -> Schema:
    """Return a property without the titles and defaults of Python, and with what only its field knows."""
    kept = {key: value for key, value in generated.items() if key not in ("title", "default")}
    if "anyOf" in kept and "anyOf" not in details:  # a value or null: the details are the value's
        value, *rest = kept["anyOf"]
        kept, details = {**kept, "anyOf": [{**value, **details}, *rest]}, {}
    return {**kept, **details, **({"description": description} if description else {})}


def docstring_parts(body: type[Any]) -> tuple[str, dict[str, str]]:
    """Return the text of a class's docstring, and the descriptions of its Attributes section (numpydoc)."""
    text, _, section = cleandoc(body.__doc__ or "").partition("\n\nAttributes\n----------\n")
    descriptions: dict[str, str] = {}
    for names, description in re.findall(r"^(\w.*)\n((?: +.*\n?)+)", section, re.MULTILINE):
        descriptions |= dict.fromkeys(names.split(", "), _one_line(description))
    return _one_line(text), descriptions


def _one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())
