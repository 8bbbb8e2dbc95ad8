"""An example of each call of the OpenAPI document: its parameters' and bodies' own, about one batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from skybatch.pages.api_calls import FORM, JSON, Call, address

Spec = Mapping[str, Any]


@dataclass(frozen=True)
class BatchExample:
    """A batch that examples are about: its id, and a file, an image and a bundle of it where it has them."""

    batch_id: str = ""
    file: str = ""
    image: str = ""
    bundle: str = ""

    def values(self, path: str) -> dict[str, str]:
        """Return values for the parameters of a path below ``/batches/{id}``."""
        name = f"{self.image}.png" if "/previews/" in path and self.image else self.file
        found = {"id": self.batch_id, "name": name, "file": self.image, "bundle": self.bundle}
        return {parameter: value for parameter, value in found.items() if value}


def example_calls(
    server: str, verb: str, path: str, operation: Spec, document: Spec, batch: BatchExample
) -> list[Call]:
    """Return the calls that show an operation: one, or one for each example of its body.

    ``operation`` has the parameters of its path among its own.
    """
    parameters = operation["parameters"]
    values = {each["name"]: _value(each) for each in parameters if each["in"] == "path"}
    if path.startswith("/batches/"):
        values |= batch.values(path)
    query = {each["name"]: each["example"] for each in parameters if _is_shown(each)}
    url = address(server, path, {name: value for name, value in values.items() if value}, query)
    one = Call(
        verb,
        url,
        answer=_answer(operation),
        file_name=url.partition("?")[0].rpartition("/")[2],
        private=bool(operation.get("security")),
    )
    bodies = _bodies(operation, document)
    return [replace(one, body=body, media_type=media_type) for media_type, body in bodies] or [one]


def _is_shown(parameter: Spec) -> bool:
    return parameter["in"] == "query" and "example" in parameter


def _value(parameter: Spec) -> str:
    """Return the example of a parameter of the path, or the first of its values."""
    return str(parameter.get("example") or (parameter.get("schema", {}).get("enum") or [""])[0])


def _bodies(operation: Spec, document: Spec) -> list[tuple[str, Any]]:
    content: Spec = operation.get("requestBody", {}).get("content", {})
    if JSON in content:
        schema = _resolved(content[JSON]["schema"], document)
        return [(JSON, example) for example in schema.get("examples", [{}])]
    if FORM in content:
        fields = _resolved(content[FORM]["schema"], document).get("properties", {})
        return [(FORM, {name: each["examples"][0] for name, each in fields.items() if "examples" in each})]
    return []


def _resolved(schema: Spec, document: Spec) -> Spec:
    """Return a schema, found by its name where it is a reference."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Spec = document["components"]["schemas"][name] if name else schema
    return found


def _answer(operation: Spec) -> str:
    """Return what an operation answers where all is well: ``json``, ``text``, ``file`` or ``nothing``."""
    responses = operation["responses"]
    content: Spec = next(
        (responses[code].get("content", {}) for code in ("200", "202") if code in responses), {}
    )
    if not content:
        return "nothing"
    if JSON in content:
        return "json"
    return "file" if "application/octet-stream" in content else "text"
