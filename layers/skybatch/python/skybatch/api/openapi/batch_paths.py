"""The operations on batches in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch import errors
from skybatch.api.models import BATCH_ID
from skybatch.api.openapi.operations import (
    Schema,
    binary,
    json_body,
    operation,
    parameter,
    redirect,
    reference,
)
from skybatch.api.openapi.request_schema import with_default
from skybatch.api.routes.pictures.sky_sketch import FORMATS as FORMATS_OF_PLANS
from skybatch.api.routes.pictures.sky_sketch import MAPS
from skybatch.api.routes.pictures.sky_sketch import MEDIA_TYPE as SVG
from skybatch.api.submission import MAX_IDEMPOTENCY_KEY, RESUBMITTABLE
from skybatch.presentation.understood_table import TABLE_FORMATS
from skybatch.requests.understood_table import FORMATS
from skybatch.tables.writers.formats import MEDIA_TYPES

READ_ERRORS = (errors.NotFound, errors.Expired)
BODY_ERRORS = (
    errors.Closed,
    errors.MalformedRequest,
    errors.InvalidRequest,
    errors.TooLarge,
    errors.UnsupportedMedia,
)
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


def _body(name: str) -> Schema:
    """Return a body of JSON, whose table is text, or of a form, whose table is a file."""
    content = {
        "application/json": {"schema": reference(f"{name}Request")},
        "multipart/form-data": {"schema": reference(f"{name}Form")},
    }
    return {"required": True, "content": content}


def _submit() -> Schema:
    key = parameter(
        "Idempotency-Key",
        "header",
        schema={"type": "string", "maxLength": MAX_IDEMPOTENCY_KEY, "pattern": "^[!-~]*$"},
        description="The same key with the same body from the same network address is the same batch.",
    )
    return operation(
        "batches",
        "submitBatch",
        "Submit a batch",
        {"202": json_body("Accepted; Location is the address of its status.", "SubmittedBatch")},
        (*BODY_ERRORS, errors.Expired),
        description="Start the retrieval of images. The answer comes at once; its `status_url` tells how far"
        " the batch is.",
        parameters=[key],
        requestBody=_body("Batch"),
    )


def _plan() -> Schema:
    counted = json_body("Rows, images and bytes to expect.", "BatchEstimate")
    counted["content"][SVG] = {"schema": {"type": "string", "description": "format=svg"}}
    form = parameter(
        "format",
        "query",
        schema={"type": "string", "enum": list(FORMATS_OF_PLANS)},
        description="`svg` for a sketch of the sky: what is covered, partly or not; also by Accept.",
    )
    return operation(
        "batches",
        "planBatch",
        "Count images and bytes without starting a batch",
        {"200": counted, "303": redirect("To the sketch, where it is too large for a response.")},
        (*BODY_ERRORS, errors.DatasetAbsent, errors.InventoryError, errors.NotFound),
        description="The body is that of a batch, and nothing is started.",
        parameters=[form, map_parameter()],
        requestBody=_body("Batch"),
    )


def map_parameter() -> Schema:
    """Return the parameter that says how much of the sky a sketch shows."""
    return parameter(
        "map",
        "query",
        schema={"type": "string", "enum": list(MAPS), "default": MAPS[0]},
        description="How much of the sky a sketch shows: the field of most rows, or, with `sky`, all of it.",
    )


def _understand() -> Schema:
    understood = json_body("The rows as they are understood.", "TableReading")
    for name, fmt in TABLE_FORMATS.items():
        media_type = MEDIA_TYPES[fmt].split(";")[0]
        understood["content"][media_type] = {"schema": {"type": "string", "description": f"format={name}"}}
    elsewhere = redirect("To the body, where it is too large for a response.")
    form = parameter(
        "format",
        "query",
        schema={"type": "string", "enum": list(FORMATS)},
        description="The form of the answer; also a field of the body, or by Accept.",
    )
    return operation(
        "batches",
        "readTable",
        "Show how a table is understood, without starting anything",
        {"200": understood, "303": elsewhere},
        BODY_ERRORS,
        description="Every row as a batch would take it, every column and what it was used as, and the cells"
        " that must be corrected.",
        parameters=[form, map_parameter()],
        requestBody=_body("Table"),
    )


def _status() -> Schema:
    return operation(
        "batches",
        "getBatch",
        "Status of a batch",
        {"200": json_body("The status.", "BatchStatus")},
        READ_ERRORS,
        description="State, progress and counts; once it has ended, its files. Ask again after some seconds"
        " until the state is `complete`, `failed` or `cancelled`.",
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
        "listImages",
        "List the images finished so far, in the order they finished",
        {"200": json_body("A page of images; following `next` misses none.", "ImagePage")},
        (*READ_ERRORS, errors.InvalidRequest),
        description="While the batch runs and after; follow `next` until it is null.",
        parameters=[after],
    )


_FACTS: Schema = {
    "Content-Length": {"schema": {"type": "integer"}},
    "ETag": {"schema": {"type": "string"}},
}


def _downloads() -> Iterator[tuple[str, Schema]]:
    for path, name, thing, operation_name in (
        ("files", "name", "a result file", "File"),
        ("images", "file", "an image", "Image"),
        ("bundles", "bundle", "a bundle of images", "Bundle"),
    ):
        item = {
            "get": operation(
                "batches",
                f"download{operation_name}",
                f"Download {thing}",
                {
                    "200": binary("The file, from the address to which 302 leads."),
                    "302": redirect("To a URL presigned now, for an hour."),
                },
                READ_ERRORS,
                description="The answer is a redirect to the file; follow it. Its address can be kept: it is"
                " valid as long as the results are.",
            ),
            "head": operation(
                "batches",
                f"describe{operation_name}",
                f"Length, type and entity tag of {thing}",
                {"200": {"description": "The file is there.", "headers": _FACTS}},
                READ_ERRORS,
            ),
        }
        yield f"/batches/{{id}}/{path}/{{{name}}}", {**item, "parameters": [ID, parameter(name)]}


def _resubmit() -> Schema:
    return operation(
        "batches",
        "resubmitBatch",
        "Submit what a batch left over",
        {"202": json_body("Accepted.", "SubmittedBatch")},
        (*READ_ERRORS, *BODY_ERRORS, errors.Conflict),
        description="Start a batch of the images beyond the limit, or of those that failed; repeated calls"
        " give the same batch.",
        requestBody={
            "required": False,
            "content": {"application/json": {"schema": reference("ResubmitRequest")}},
        },
    )


def resubmit_schema() -> Schema:
    """Return the schema of the body of a resubmission."""
    what = {"type": "string", "description": "What to submit again.", "enum": list(RESUBMITTABLE)}
    return {"type": "object", "properties": {"what": with_default(what, RESUBMITTABLE[0])}}


def _cancel() -> Schema:
    return operation(
        "batches",
        "cancelBatch",
        "Cancel a batch",
        {"202": {"description": "It will end; what it has delivered stays."}},
        (*READ_ERRORS, errors.Conflict),
        description="End a batch early; images finished so far can be downloaded.",
    )
