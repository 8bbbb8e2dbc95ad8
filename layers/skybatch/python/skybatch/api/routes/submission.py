"""What is handed in: batches, the rest of batches, and the wish to end one."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.deployment import batch, inventories, resolver
from skybatch.api.deployment import desk as desk_of
from skybatch.api.responses import body_of, header, json_answer, page, redirect, wants_page
from skybatch.batch.planning.dry_run import estimate
from skybatch.batch.record import load_record
from skybatch.batch.submission.submit import Accepted
from skybatch.batch.submission.submit import cancel as cancel_batch
from skybatch.errors import CellError, Conflict, InvalidRequest, MalformedRequest, SkybatchError, TooLarge
from skybatch.requests.parser import parse_body
from skybatch.requests.payload import read_body
from skybatch.settings import settings
from skybatch.telemetry import bind_batch, logger, record_metrics

router = APIGatewayHttpRouter()
LEFT_OVER = ("unretrieved", "failed")
LONGEST_KEY = 200
SECONDS_FOR_NAMES = 20.0  # API Gateway waits 30


@router.post("/batches")
def submit() -> Response[str]:
    """Take in a batch."""
    event = router.current_event
    desk, body = desk_of(event), _body(event)
    try:
        request, upload = parse_body(body, header(event, "content-type"), desk.settings)
        accepted = desk.submit(request, upload, _seed(header(event, "idempotency-key"), body))
    except SkybatchError as error:
        again = _form_again(event, body, error.status, problem=error.problem())
        if again is None:
            raise
        return again
    return _accepted(accepted)


@router.post("/plans")
def plan() -> Response[str]:
    """What a batch would give; nothing is started."""
    event, deadline = router.current_event, time.monotonic() + SECONDS_FOR_NAMES
    here, body = settings(), _body(router.current_event)
    try:
        request, _ = parse_body(body, header(event, "content-type"), here)
        told = estimate(request, inventories(), here, resolver(), deadline)
    except SkybatchError as error:
        again = _form_again(event, body, error.status, problem=error.problem())
        if again is None:
            raise
        return again
    return _form_again(event, body, 200, plan=told) or json_answer(told)


def _body(event: APIGatewayProxyEventV2) -> bytes:
    body = body_of(event)
    most = settings().max_upload_bytes
    if len(body) > most:
        raise TooLarge(f"The request has {len(body):,} bytes; at most {most:,} can be taken at once.")
    return body


def _form_again(
    event: APIGatewayProxyEventV2,
    body: bytes,
    status: int,
    *,
    problem: dict[str, Any] | None = None,
    plan: dict[str, Any] | None = None,
) -> Response[str] | None:
    """The form as it was filled in, with what is to be told; None where no browser sent it."""
    if not wants_page(event):
        return None
    from skybatch.pages.form import form_page

    try:
        posted = read_body(body, header(event, "content-type"), settings().max_upload_bytes)
    except SkybatchError:
        return None
    typed = {**posted.fields, "table": (posted.table or b"").decode("utf-8", "replace")}
    return page(form_page(settings(), values=typed, problem=problem, plan=plan), status)


@router.post("/batches/<batch_id>/resubmit")
def resubmit(batch_id: str) -> Response[str]:
    """Take in the next batch of a chain: ``what`` is ``unretrieved`` (default) or ``failed``."""
    what = _fields(router.current_event).get("what", "unretrieved")
    if what not in LEFT_OVER:
        raise _invalid("what", str(what), f"must be one of {', '.join(LEFT_OVER)}")
    return _accepted(desk_of(router.current_event).resubmit(batch_id, what))


@router.post("/batches/<batch_id>/cancel")
def cancel(batch_id: str) -> Response[str]:
    """Ask a batch to end; a page's button that comes too late leads to what there is."""
    store, for_a_page = batch(batch_id), wants_page(router.current_event)
    try:
        record = cancel_batch(store, time.time())
    except Conflict:
        if not for_a_page:
            raise
        record = load_record(store)
    if for_a_page:
        return redirect(record.url("results"), 303)
    return json_answer({"batch_id": batch_id, "status_url": record.url()}, 202)


def _seed(key: str, body: bytes) -> bytes | None:
    """What makes the same call the same batch: the caller's key together with the body."""
    if len(key) > LONGEST_KEY:
        raise _invalid("Idempotency-Key", key, f"must have at most {LONGEST_KEY} characters")
    return json.dumps(["submit", key, body.hex()]).encode() if key else None


def _invalid(column: str, value: str, rule: str) -> InvalidRequest:
    error = CellError(column, value, rule)
    return InvalidRequest(error.sentence(), errors=[error])


def _accepted(accepted: Accepted) -> Response[str]:
    record, request = accepted.record, accepted.request
    bind_batch(record.batch_id)
    logger.info("batch accepted", mode=request.mode, rows=len(request.rows), part=record.part)
    record_metrics({"BatchesAccepted": 1, "RowsAccepted": len(request.rows)})
    if wants_page(router.current_event):
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
