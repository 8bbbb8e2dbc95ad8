"""What is handed in: batches, the rest of batches, and the wish to end one."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.batch.store import BatchStore
from skybatch.batch.submit import Accepted, Desk
from skybatch.batch.submit import cancel as cancel_batch
from skybatch.errors import CellError, InvalidRequest, MalformedRequest, TooLarge
from skybatch.requests.models import parse_body
from skybatch.web.answers import body_of, header, json_answer, redirect, wants_page

LEFT_OVER = ("unretrieved", "failed")
LONGEST_KEY = 200


def submit(event: APIGatewayProxyEventV2, desk: Desk) -> Response[str]:
    """``POST /batches``."""
    body = body_of(event)
    most = desk.settings.max_upload_bytes
    if len(body) > most:
        raise TooLarge(f"The request has {len(body):,} bytes; at most {most:,} can be taken at once.")
    request, upload = parse_body(body, header(event, "content-type"), desk.settings)
    key = header(event, "idempotency-key")
    if len(key) > LONGEST_KEY:
        error = CellError("Idempotency-Key", key, f"must have at most {LONGEST_KEY} characters")
        raise InvalidRequest(error.sentence(), errors=[error])
    seed = json.dumps(["submit", key, body.hex()]).encode() if key else None
    return _accepted(event, desk.submit(request, upload, seed))


def resubmit(event: APIGatewayProxyEventV2, desk: Desk, batch_id: str) -> Response[str]:
    """``POST /batches/{id}/resubmit``: ``what`` is ``unretrieved`` (default) or ``failed``."""
    what = _fields(event).get("what", "unretrieved")
    if what not in LEFT_OVER:
        error = CellError("what", str(what), f"must be one of {', '.join(LEFT_OVER)}")
        raise InvalidRequest(error.sentence(), errors=[error])
    return _accepted(event, desk.resubmit(batch_id, what))


def cancel(event: APIGatewayProxyEventV2, desk: Desk, batch_id: str) -> Response[str]:
    """``POST /batches/{id}/cancel``."""
    record = cancel_batch(BatchStore(desk.objects, batch_id), desk.now)
    if wants_page(event):
        return redirect(record.url("results"), 303)
    return json_answer({"batch_id": batch_id, "status_url": record.url()}, 202)


def _accepted(event: APIGatewayProxyEventV2, accepted: Accepted) -> Response[str]:
    record, request = accepted.record, accepted.request
    if wants_page(event):
        return redirect(record.url("results"), 303)
    body = {
        "batch_id": record.batch_id,
        "status_url": record.url(),
        "results_url": record.url("results"),
        "rows": len(request.rows),
        "notices": list(request.notices),
    }
    return json_answer(body, 202, Location=record.url())


def _fields(event: APIGatewayProxyEventV2) -> dict[str, Any]:
    """The few fields of a small body: JSON, or what a page's button sends."""
    body = body_of(event)
    if not body.strip():
        return {}
    if header(event, "content-type").startswith("application/x-www-form-urlencoded"):
        return {name: values[-1] for name, values in parse_qs(body.decode("latin-1")).items()}
    try:
        fields = json.loads(body)
    except ValueError as error:
        raise MalformedRequest(f"The body is not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise MalformedRequest("The body must be a JSON object.")
    return fields
