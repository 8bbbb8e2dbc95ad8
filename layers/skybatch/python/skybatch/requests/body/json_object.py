"""A posted JSON object (RFC 8259)."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from skybatch.errors import MalformedRequest


def read_json_object(body: bytes, example: str) -> dict[str, Any]:
    """Read a body that must be a JSON object; the error for anything else shows an example.

    Raises MalformedRequest.
    """
    try:
        fields = json.loads(body, parse_constant=_refuse_constant)
    except RecursionError:
        raise MalformedRequest("The JSON is nested too deep.") from None
    except ValueError as error:
        raise MalformedRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise MalformedRequest(f"The body must be a JSON object, such as {example}.")
    return fields


def _refuse_constant(word: str) -> NoReturn:
    """Refuse NaN and Infinity, which are no JSON (section 6)."""
    raise ValueError(f"{word} is no JSON number")
