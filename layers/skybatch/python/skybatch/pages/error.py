"""Errors as pages: what went wrong, where, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from skybatch.pages.environment import render

_NEXT_STEPS = {
    404: "Check the address, or follow the link in the email about the batch. Or start a new batch.",
    409: "Go back to the page of the batch and reload it: it shows what can be done now.",
    410: "Results are kept for a limited time only. The same request can be submitted again at any time.",
    413: "Split the request into smaller ones, or send the table gzipped.",
    415: "Send the table through the form, or as multipart/form-data or JSON.",
    429: "Nothing is lost. Wait a little, then send the request again.",
    503: "Nothing is lost. Wait a moment, then try again.",
}
_CORRECT = "Go back, correct the values listed here, and send the request again."
_SERVER_ERROR = (
    "This is an error of the service, not of your request. Try again later; if it happens again, contact the "
    "operators."
)
ERRORS_SHOWN = 100


def by_line(errors: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Group errors by the line and row in which they stand, in the order of the first of each."""
    groups: dict[tuple[Any, Any], list[Mapping[str, Any]]] = {}
    for error in errors:
        groups.setdefault((error.get("line"), error.get("row")), []).append(error)
    return list(groups.values())


def error_page(problem: Mapping[str, Any]) -> str:
    """Render an error: `problem` is its problem+json object (RFC 9457), ``errors`` included."""
    status = int(problem.get("status", 500))
    return render(
        "error.html",
        problem={"title": "Something went wrong", "detail": "", **problem},
        status=status,
        errors=by_line(list(problem.get("errors") or ())[:ERRORS_SHOWN]),
        next_step=_NEXT_STEPS.get(status, _CORRECT if status < 500 else _SERVER_ERROR),
    )


def not_found_page() -> str:
    """Render the page of an unknown address."""
    detail = "There is no page at this address."
    return error_page({"status": 404, "title": "Page not found", "detail": detail})
