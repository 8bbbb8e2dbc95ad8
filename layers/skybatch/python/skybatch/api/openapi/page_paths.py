"""The pages, the documentation and the health check in the OpenAPI document."""

from __future__ import annotations

from skybatch import errors
from skybatch.api.openapi.batch_paths import ID, READ_ERRORS
from skybatch.api.openapi.operations import Schema, operation, page, parameter, redirect
from skybatch.api.openapi.picture_paths import choice_parameters

# By a button of the page, or by a mail program's own, in either encoding (RFC 8058, section 3.2).
_ADDRESS_FORM: Schema = {
    "schema": {
        "type": "object",
        "properties": {
            "action": {"type": "string", "enum": ["block", "allow", "confirm"]},
            "List-Unsubscribe": {"type": "string", "enum": ["One-Click"]},
        },
    }
}
ADDRESS_ACTION: Schema = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": _ADDRESS_FORM,
        "multipart/form-data": _ADDRESS_FORM,
    },
}


def page_paths() -> dict[str, Schema]:
    """Return the path items for people, of this document, and of the health check."""
    topic = parameter("topic", description="The name of a help page.", example="tables")
    help_page = {**page("The contents, at /help/."), "302": redirect("To /help/.")}
    document, health = _json("The document."), _json("It answers.")
    return {
        "/": {"get": _form()},
        "/batches/{id}/results": {"get": _results(), "parameters": [ID]},
        "/addresses/{link}": _address(),
        "/help": {"get": operation("pages", "getHelp", "Contents of the help", help_page)},
        "/help/{topic}": {
            "get": operation("pages", "getHelpTopic", "One topic of the help", page(), (errors.NotFound,)),
            "parameters": [topic],
        },
        "/docs": {"get": _docs()},
        "/openapi.json": {"get": operation("pages", "getOpenapi", "This document", document)},
        "/health": {"get": operation("pages", "getHealth", "Whether the service answers", health)},
    }


def _form() -> Schema:
    example = parameter(
        "example", "query", description="A mode: the form filled in with its example.", example="positions"
    )
    again = parameter("batch", "query", description="The id of a batch: the form filled in with its request.")
    return operation(
        "pages", "getForm", "The form for browsers", page(), READ_ERRORS, parameters=[example, again]
    )


def _results() -> Schema:
    return operation(
        "pages",
        "getResultsPage",
        "The page of a batch",
        page("Progress while the batch runs, the results after."),
        (*READ_ERRORS, errors.InvalidRequest),
        parameters=list(choice_parameters()),
    )


def _address() -> Schema:
    changed = {"303": redirect("To its page."), "204": {"description": "Blocked by a mail program."}}
    return {
        "get": operation("pages", "getAddress", "Mail to an address", page(), (errors.NotFound,)),
        "post": operation(
            "pages",
            "changeAddress",
            "Block an address, allow it again, or confirm it",
            changed,
            (errors.NotFound, errors.InvalidRequest, errors.MalformedRequest),
            requestBody=ADDRESS_ACTION,
        ),
        "parameters": [parameter("link", description="The word of the link that a mail had.")],
    }


def _docs() -> Schema:
    shown = parameter("batch", "query", description="The id of a batch, which the examples are about.")
    return operation("pages", "getDocs", "This document for people", page(), READ_ERRORS, parameters=[shown])


def _json(description: str) -> dict[str, Schema]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {"200": {"description": description, "content": content}}
