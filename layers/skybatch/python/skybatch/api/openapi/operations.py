"""The pieces an OpenAPI document is put together from: operations, parameters, answers, problems."""

from __future__ import annotations

from typing import Any

from skybatch import errors
from skybatch.api.openapi.schemas import Schema, reference

PROBLEM = "application/problem+json"
# Any operation may meet these: the gateway's throttle, a service that is away, and what nobody foresaw.
ANY_ERRORS = (errors.TooMany, errors.Transient, errors.SkybatchError)


def operation(
    tag: str,
    summary: str,
    responses: dict[str, Schema],
    raised: tuple[type[errors.SkybatchError], ...] = (),
    **more: Any,
) -> dict[str, Any]:
    """One operation: its answers, and the problems it can end in."""
    return {
        "tags": [tag],
        "summary": summary,
        "responses": {**responses, **problems((*raised, *ANY_ERRORS))},
        **more,
    }


def problems(raised: tuple[type[errors.SkybatchError], ...]) -> dict[str, Schema]:
    """Answers by status; several errors of one status share an answer that names their codes."""
    by_status: dict[int, list[type[errors.SkybatchError]]] = {}
    for error in raised:
        by_status.setdefault(error.status, []).append(error)
    return {str(status): _problem(of_status) for status, of_status in sorted(by_status.items())}


def _problem(of_status: list[type[errors.SkybatchError]]) -> Schema:
    words = "; ".join(f"{error.title} (`{error.code}`)" for error in of_status)
    answer: Schema = {"description": words, "content": {PROBLEM: {"schema": reference("Problem")}}}
    if any(error.retryable for error in of_status):
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return answer


def answers(description: str, schema: str) -> Schema:
    """A JSON answer."""
    return {"description": description, "content": {"application/json": {"schema": reference(schema)}}}


def parameter(name: str, where: str = "path", **more: Any) -> Schema:
    """A parameter of the path, or of the query."""
    return {"name": name, "in": where, "required": where == "path", "schema": {"type": "string"}, **more}


def page(description: str = "A page.") -> dict[str, Schema]:
    """An answer for people."""
    return {"200": {"description": description, "content": {"text/html": {}}}}
