"""The operations on batches in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch import errors
from skybatch.api.models import BATCH_ID
from skybatch.api.openapi.operations import Schema, json_body, operation, parameter, reference
from skybatch.api.submission import MAX_IDEMPOTENCY_KEY, RESUBMITTABLE
from skybatch.presentation.understood_table import TABLE_FORMATS
from skybatch.requests.understood_table import FORMATS
from skybatch.tables.writers.formats import MEDIA_TYPES

READ_ERRORS = (errors.NotFound, errors.Expired)
BODY_ERRORS = (errors.MalformedRequest, errors.InvalidRequest, errors.TooLarge, errors.UnsupportedMedia)
ID = parameter("id", schema={"type": "string", **BATCH_ID}, description="The batch's id.")


def batch_paths() -> dict[str, Schema]:
    """Return the path items below ``/batches``, ``/plans`` and ``/tables``."""
    return {
        "/batches": {"post": _submit()},
        "/plans": {"post": _plan()},
        "/tables": {"post": _understand()},
        "/batches/{id}": {"get": _status(), "parameters": [ID]},
        "/batches/{id}/images": {"get": _images(), "parameters": [ID]},
        **dict(_downloads()),
        "/batches/{id}/resubmit": {"post": _resubmit(), "parameters": [ID]},
        "/batches/{id}/cancel": {"post": _cancel(), "parameters": [ID]},
    }


def _body(schema: str = "BatchRequest") -> Schema:
    content = {"schema": reference(schema)}
    return {"required": True, "content": {"application/json": content, "multipart/form-data": content}}


def _submit() -> Schema:
    key = parameter(
        "Idempotency-Key",
        "header",
        schema={"type": "string", "maxLength": MAX_IDEMPOTENCY_KEY, "pattern": "^[!-~]*$"},
        description="The same key with the same body from the same network address is the same batch.",
    )
    return operation(
        "batches",
        "Submit a batch",
        {"202": json_body("Accepted; Location is the address of its status.", "SubmittedBatch")},
        (*BODY_ERRORS, errors.Expired),
        parameters=[key],
        requestBody=_body(),
    )


def _plan() -> Schema:
    return operation(
        "batches",
        "Count images and bytes without starting a batch",
        {"200": json_body("Rows, images and bytes to expect.", "BatchEstimate")},
        (*BODY_ERRORS, errors.DatasetAbsent, errors.InventoryError),
        requestBody=_body(),
    )


def _understand() -> Schema:
    understood = json_body("The rows as they are understood.", "TableReading")
    for name, fmt in TABLE_FORMATS.items():
        media_type = MEDIA_TYPES[fmt].split(";")[0]
        understood["content"][media_type] = {"schema": {"type": "string", "description": f"format={name}"}}
    form = parameter(
        "format",
        "query",
        schema={"type": "string", "enum": list(FORMATS)},
        description="The form of the answer; also a field of the body, or by Accept.",
    )
    return operation(
        "batches",
        "Show how a table is understood, without starting anything",
        {"200": understood, "303": {"description": "To the body, where it is too large for a response."}},
        BODY_ERRORS,
        parameters=[form],
        requestBody=_body("TableRequest"),
    )


def _status() -> Schema:
    return operation(
        "batches", "Status of a batch", {"200": json_body("The status.", "BatchStatus")}, READ_ERRORS
    )


def _images() -> Schema:
    after = parameter(
        "after",
        "query",
        schema={"type": "string", "pattern": "^([0-9]{1,6}-[0-9]{1,6})?$"},
        description="`next` of the page before.",
    )
    return operation(
        "batches",
        "List the images finished so far, in the order they finished",
        {"200": json_body("A page of images; following `next` misses none.", "ImagePage")},
        (*READ_ERRORS, errors.InvalidRequest),
        parameters=[after],
    )


_FACTS: Schema = {
    "Content-Length": {"schema": {"type": "integer"}},
    "ETag": {"schema": {"type": "string"}},
}


def _downloads() -> Iterator[tuple[str, Schema]]:
    redirect = {
        "302": {
            "description": "To a URL presigned now, for an hour.",
            "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
        }
    }
    facts = {"200": {"description": "Length, type and entity tag of the file.", "headers": _FACTS}}
    preview = {"200": {"description": "A preview.", "content": {"image/png": {}}}}
    for path, name, summary, responses in (
        ("files", "name", "Download a result file", redirect),
        ("images", "file", "Download one image", redirect),
        ("previews", "name", "Preview of an image", preview),
    ):
        methods = {"get": operation("batches", summary, responses, READ_ERRORS)}
        if responses is redirect:
            methods["head"] = operation("batches", f"{summary}: its facts", facts, READ_ERRORS)
        yield f"/batches/{{id}}/{path}/{{{name}}}", {**methods, "parameters": [ID, parameter(name)]}


def _resubmit() -> Schema:
    what = {"type": "string", "enum": list(RESUBMITTABLE), "default": RESUBMITTABLE[0]}
    content = {"application/json": {"schema": {"type": "object", "properties": {"what": what}}}}
    return operation(
        "batches",
        "Submit what a batch left over; repeated calls give the same batch",
        {"202": json_body("Accepted.", "SubmittedBatch")},
        (*READ_ERRORS, errors.MalformedRequest, errors.InvalidRequest, errors.TooLarge, errors.Conflict),
        requestBody={"required": False, "content": content},
    )


def _cancel() -> Schema:
    accepted = {"202": {"description": "It will end; what it has delivered stays."}}
    return operation("batches", "Cancel a batch", accepted, (*READ_ERRORS, errors.Conflict))
