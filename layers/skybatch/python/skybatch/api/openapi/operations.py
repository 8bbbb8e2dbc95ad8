"""The building blocks of an OpenAPI document: operations, parameters, responses, problems.

Each operation has an id, by which generators name the function that calls it, and each media type a schema,
without which they make none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from skybatch import errors
from skybatch.api.responses import PROBLEM_TYPE

Schema: TypeAlias = dict[str, Any]
# Any operation can end in these: the gateway's throttle, a service that is away, an unexpected error.
ANY_ERRORS = (errors.TooMany, errors.Transient, errors.SkybatchError)
RETRY_AFTER: Schema = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
TEXT: Schema = {"type": "string"}
# The form of OpenAPI 3.0, for which generators make files; as JSON Schema it is any string.
BINARY: Schema = {"type": "string", "format": "binary"}
OCTETS = "application/octet-stream"


def reference(name: str) -> Schema:
    """Return a reference to one of the document's schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


PROBLEM: Schema = {PROBLEM_TYPE: {"schema": reference("ProblemDetails")}}
"""The content of a problem, as RFC 7807 has it."""


def operation(
    tag: str,
    operation_id: str,
    summary: str,
    responses: dict[str, Schema],
    raised: tuple[type[errors.SkybatchError], ...] = (),
    *,
    description: str = "",
    **more: Any,
) -> Schema:
    """Return one operation: its responses, and the problems it can end in where they do not say otherwise."""
    return {
        "tags": [tag],
        "operationId": operation_id,
        "summary": summary,
        "description": description or f"{summary}.",
        "responses": {**problems((*raised, *ANY_ERRORS)), **responses},
        **more,
    }


def problems(raised: tuple[type[errors.SkybatchError], ...]) -> dict[str, Schema]:
    """Return error responses by status; several errors of one status share a response that names them."""
    by_status: dict[int, list[type[errors.SkybatchError]]] = {}
    for error in raised:
        by_status.setdefault(error.status, []).append(error)
    return {str(status): _problem(of_status) for status, of_status in sorted(by_status.items())}


def _problem(of_status: list[type[errors.SkybatchError]]) -> Schema:
    description = "; ".join(f"{error.title} (`{error.code}`)" for error in of_status)
    response: Schema = {"description": description, "content": PROBLEM}
    if any(error.retryable for error in of_status):
        response["headers"] = RETRY_AFTER
    return response


def json_body(description: str, schema: str) -> Schema:
    """Return a response with a JSON body of a named schema."""
    return {"description": description, "content": {"application/json": {"schema": reference(schema)}}}


def texts(media_types: Iterable[str]) -> Schema:
    """Return the content of a response that is text of one of some media types."""
    return {media_type: {"schema": TEXT} for media_type in media_types}


def binary(description: str, *media_types: str, **more: Any) -> Schema:
    """Return a response that is a file; programs that know none of its media types save its bytes."""
    content = {media_type: {"schema": BINARY} for media_type in (OCTETS, *media_types)}
    return {"description": description, "content": content, **more}


def redirect(description: str) -> Schema:
    """Return a response that leads elsewhere."""
    location = {"schema": {"type": "string", "format": "uri"}}
    return {"description": description, "headers": {"Location": location}}


def parameter(name: str, location: str = "path", **more: Any) -> Schema:
    """Return a parameter; one of the path is required."""
    return {
        "name": name,
        "in": location,
        "required": location == "path",
        "schema": TEXT,
        **more,
    }


def page(description: str = "A page.") -> dict[str, Schema]:
    """Return the response of an operation that answers a page."""
    return {"200": {"description": description, "content": texts(["text/html"])}}
