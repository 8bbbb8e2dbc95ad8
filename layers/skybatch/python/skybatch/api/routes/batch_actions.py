"""``POST /batches/{id}/resubmit`` and ``/cancel``: what can be done with a batch that was accepted."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.parameters import FORM_TYPE
from skybatch.api.responses import json_response, redirect
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.submission import RESUBMITTABLE, accepted_response, batch_submitter
from skybatch.batch.codes import Remainder
from skybatch.batch.record import load_record
from skybatch.batch.submission.cancellation import request_cancellation
from skybatch.errors import CellError, Conflict, InvalidRequest, TooLarge
from skybatch.requests.body.json_object import read_json_object
from skybatch.validation import displayable

routes = RouteTable()
MAX_FIELDS_BYTES = 256 * 1024


@routes.post("/batches/<batch_id>/resubmit")
def resubmit_batch(request: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """Accept the next batch of a chain: ``what`` is ``unretrieved`` (default) or ``failed``."""
    what = _read_fields(request).get("what", RESUBMITTABLE[0])
    if what not in RESUBMITTABLE:
        error = CellError("what", displayable(what), f"must be one of {', '.join(RESUBMITTABLE)}")
        raise InvalidRequest(error.sentence(), errors=[error])
    accepted = batch_submitter(request, dependencies).resubmit(batch_id, Remainder(what))
    return accepted_response(request, accepted)


@routes.post("/batches/<batch_id>/cancel")
def cancel_batch(request: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """Cancel a batch; a browser that comes too late is sent to the results there are."""
    store = dependencies.batch(batch_id)
    try:
        record = request_cancellation(store, dependencies.clock())
    except Conflict:
        if not request.accepts_html:
            raise
        record = load_record(store)
    if request.accepts_html:
        return redirect(record.url("results"), 303)
    return json_response({"batch_id": batch_id, "status_url": record.url()}, 202)


def _read_fields(request: HttpRequest) -> dict[str, Any]:
    """Read a small body: a JSON object, or the form of a page's button; empty where there is none."""
    body = request.body
    if len(body) > MAX_FIELDS_BYTES:
        raise TooLarge(f"The request has {len(body):,} bytes; at most {MAX_FIELDS_BYTES:,} are read here.")
    if not body.strip():
        return {}
    if request.content_type.startswith(FORM_TYPE):
        return {name: values[-1] for name, values in parse_qs(body.decode("latin-1")).items()}
    return read_json_object(body, '{"what": "failed"}')
