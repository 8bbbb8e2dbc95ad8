"""The OpenAPI 3.1 document of the whole HTTP interface, made from the code's own definitions.

A test holds its operations to the routes of the functions, and its bodies to what they answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skybatch import errors
from skybatch.api.openapi.archive_paths import archive_paths
from skybatch.api.openapi.operations import answers, operation, page, parameter
from skybatch.api.openapi.schemas import BATCH_ID, Schema, reference, schemas
from skybatch.settings import Settings
from skybatch.version import VERSION

READ_ERRORS = (errors.NotFound, errors.Expired)
BODY_ERRORS = (errors.MalformedRequest, errors.InvalidRequest, errors.TooLarge, errors.UnsupportedMedia)


def document(settings: Settings, root: str) -> dict[str, Any]:
    """The document for a service reached at ``root``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "skybatch",
            "version": VERSION,
            "summary": "Batches of images from a sky survey.",
            "description": "Name a region, positions, scans or coadd keys; get the images, whole or cropped. "
            "A batch id is all it takes to read a batch: share it as you would share its images.",
        },
        "servers": [{"url": root}],
        "tags": [
            {"name": "batches", "description": "Asking for images, following and fetching them."},
            {"name": "pages", "description": "For people."},
            {"name": "archive", "description": "The archive's own addresses, and those of the VO."},
        ],
        "paths": {**batch_paths(), **page_paths(), **archive_paths()},
        "components": {"schemas": schemas(settings)},
    }


ID = parameter("id", schema=BATCH_ID, description="The batch's id.")
LINK = {
    "302": {
        "description": "To a URL signed at this moment, for the same verb and for an hour.",
        "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
    }
}


def batch_paths() -> dict[str, Any]:
    """Everything about batches."""
    return {
        "/batches": {"post": _submit()},
        "/plans": {"post": _plan()},
        "/batches/{id}": {
            "get": operation(
                "batches", "How a batch stands", {"200": answers("The batch.", "Batch")}, READ_ERRORS
            ),
            "parameters": [ID],
        },
        "/batches/{id}/images": {"get": _images(), "parameters": [ID]},
        **dict(_downloads()),
        "/batches/{id}/resubmit": {"post": _resubmit(), "parameters": [ID]},
        "/batches/{id}/cancel": {
            "post": operation(
                "batches",
                "Ask a batch to end",
                {"202": {"description": "It will; what it delivered so far stays."}},
                (*READ_ERRORS, errors.Conflict),
            ),
            "parameters": [ID],
        },
    }


def _body() -> Schema:
    content = {"schema": reference("Request")}
    return {"required": True, "content": {"application/json": content, "multipart/form-data": content}}


def _submit() -> dict[str, Any]:
    key = parameter(
        "Idempotency-Key",
        "header",
        schema={"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"},
        description="The same key with the same body is the same batch.",
    )
    return operation(
        "batches",
        "Start a batch",
        {"202": answers("Taken in; Location is its status.", "Accepted")},
        BODY_ERRORS,
        parameters=[key],
        requestBody=_body(),
    )


def _plan() -> dict[str, Any]:
    return operation(
        "batches",
        "What a batch would give; nothing is started",
        {"200": answers("Rows, images and bytes to expect.", "Plan")},
        (*BODY_ERRORS, errors.DatasetAbsent, errors.InventoryError),
        requestBody=_body(),
    )


def _images() -> dict[str, Any]:
    after = parameter(
        "after",
        "query",
        schema={"type": "string", "pattern": "^([0-9]{1,6}-[0-9]{1,6})?$"},
        description="`next` of the page before.",
    )
    return operation(
        "batches",
        "The images finished so far, in the order they finished",
        {"200": answers("A page of them; following `next` misses none.", "Images")},
        (*READ_ERRORS, errors.InvalidRequest),
        parameters=[after],
    )


def _downloads() -> Iterator[tuple[str, Any]]:
    for path, name, what in (
        ("files", "name", "A result file"),
        ("images", "file", "One image"),
    ):
        one = operation("batches", what, LINK, READ_ERRORS)
        yield f"/batches/{{id}}/{path}/{{{name}}}", {"get": one, "parameters": [ID, parameter(name)]}
    picture = {"200": {"description": "A picture.", "content": {"image/png": {}}}}
    yield (
        "/batches/{id}/previews/{name}",
        {
            "get": operation("batches", "A picture of an image", picture, READ_ERRORS),
            "parameters": [ID, parameter("name")],
        },
    )


def _resubmit() -> dict[str, Any]:
    what = {"type": "string", "enum": ["unretrieved", "failed"], "default": "unretrieved"}
    content = {"application/json": {"schema": {"type": "object", "properties": {"what": what}}}}
    return operation(
        "batches",
        "A new batch of what was left over; pressed twice it is still one",
        {"202": answers("Taken in.", "Accepted")},
        (*READ_ERRORS, errors.MalformedRequest, errors.InvalidRequest, errors.TooLarge, errors.Conflict),
        requestBody={"required": False, "content": content},
    )


def page_paths() -> dict[str, Any]:
    """Pages, this document, and the sign of life."""
    document_answer = {"200": {"description": "This document.", "content": {"application/json": {}}}}
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
        "/help/": {"get": operation("pages", "What the help tells of", page())},
        "/help/{topic}": {
            "get": operation("pages", "One topic of the help", page(), (errors.NotFound,)),
            "parameters": [parameter("topic")],
        },
        "/docs": {"get": operation("pages", "This document for people", page())},
        "/openapi.json": {"get": operation("pages", "This document", document_answer)},
        "/health": {"get": operation("pages", "Whether the service answers", health)},
    }
