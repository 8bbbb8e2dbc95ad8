"""Errors as pages: what went wrong, where, and a way on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skybatch.pages.environment import render

_WAYS_ON = {
    404: "Check the address; a batch's page is found by the link of its email. Or start a new batch.",
    409: "Go back to the batch's page and load it anew: it shows what can be done now.",
    410: "Results are kept for a limited time only. The same request can be submitted again at any time.",
    413: "Split the request into smaller ones, or send the table gzipped.",
    415: "Send the table through the form, or as multipart/form-data or JSON.",
    429: "Nothing is lost. Wait a little, then send it again.",
    503: "Nothing is lost. Wait a moment, then try again.",
}
_MEND = "Go back, mend what is named here, and send it again."
_OURS = "This is our fault, not yours. Try again in a while; if it happens again, tell the operators."
ERRORS_SHOWN = 100


def error_page(problem: Mapping[str, Any]) -> str:
    """The page of an error: `problem` is its problem+json object (RFC 9457), ``errors`` included."""
    status = int(problem.get("status", 500))
    return render(
        "error.html",
        problem={"title": "Something went wrong", "detail": "", **problem},
        status=status,
        errors=list(problem.get("errors") or ())[:ERRORS_SHOWN],
        way_on=_WAYS_ON.get(status, _MEND if status < 500 else _OURS),
    )


def not_found_page() -> str:
    """The page of an address that leads nowhere."""
    detail = "There is nothing at this address."
    return error_page({"status": 404, "title": "There is nothing here", "detail": detail})
