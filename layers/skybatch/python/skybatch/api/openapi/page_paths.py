"""The pages, the documentation and the health check in the OpenAPI document."""

from __future__ import annotations

from skybatch import errors
from skybatch.api.openapi.batch_paths import ID, READ_ERRORS
from skybatch.api.openapi.operations import Schema, operation, page, parameter


def page_paths() -> dict[str, Schema]:
    """Return the path items for people, of this document, and of the health check."""
    document = {"200": {"description": "This document.", "content": {"application/json": {}}}}
    health = {"200": {"description": "It answers.", "content": {"application/json": {}}}}
    to_help = {"302": {"description": "To /help/."}}
    example = parameter("example", "query", description="A mode: the form filled in with its example.")
    return {
        "/": {"get": operation("pages", "The form", page(), parameters=[example])},
        "/batches/{id}/results": {
            "get": operation("pages", "The page of a batch", page(), READ_ERRORS),
            "parameters": [ID],
        },
        "/help": {"get": operation("pages", "To the help", to_help)},
        "/help/": {"get": operation("pages", "Contents of the help", page())},
        "/help/{topic}": {
            "get": operation("pages", "One topic of the help", page(), (errors.NotFound,)),
            "parameters": [parameter("topic")],
        },
        "/docs": {"get": operation("pages", "This document for people", page())},
        "/openapi.json": {"get": operation("pages", "This document", document)},
        "/health": {"get": operation("pages", "Whether the service answers", health)},
    }
