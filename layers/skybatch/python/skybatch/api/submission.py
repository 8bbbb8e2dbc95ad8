"""The submission of batches over HTTP: its limits, the submitter of a request, and the response."""

from __future__ import annotations

from dataclasses import asdict

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.models import SubmittedBatch
from skybatch.api.responses import json_response, redirect
from skybatch.api.routing import AnyResponse
from skybatch.batch.codes import Remainder
from skybatch.batch.submission.submit import AcceptedBatch, BatchSubmitter
from skybatch.errors import TooLarge
from skybatch.settings import Settings
from skybatch.telemetry import bind_batch, logger, record_metrics

MAX_IDEMPOTENCY_KEY = 200  # characters
# The tables of a finished batch that can be submitted again.
RESUBMITTABLE = tuple(str(remainder) for remainder in Remainder)


def bounded_body(request: HttpRequest, settings: Settings) -> bytes:
    """Return the body of a request. Raises TooLarge for more bytes than an upload may have."""
    body, limit = request.body, settings.max_upload_bytes
    if len(body) > limit:
        raise TooLarge(f"The request has {len(body):,} bytes; at most {limit:,} can be taken at once.")
    return body


def batch_submitter(request: HttpRequest, dependencies: Dependencies) -> BatchSubmitter:
    """Return the submitter that counts this caller's batches and links to the address it came by."""
    return BatchSubmitter(
        dependencies.results,
        dependencies.start_execution,
        dependencies.settings,
        request.base_url,
        dependencies.clock(),
        request.source_ip,
    )


def accepted_response(request: HttpRequest, accepted: AcceptedBatch) -> AnyResponse:
    """Return 202 with the batch's addresses; a browser is redirected to the results page."""
    record, rows = accepted.record, len(accepted.request.rows)
    bind_batch(record.batch_id)
    logger.info("batch accepted", mode=accepted.request.mode, rows=rows, part=record.part)
    record_metrics({"BatchesAccepted": 1, "RowsAccepted": rows})
    if request.accepts_html:
        return redirect(record.url("results"), 303)
    body = SubmittedBatch(
        batch_id=record.batch_id,
        status_url=record.url(),
        results_url=record.url("results"),
        rows=rows,
        notices=tuple(accepted.request.notices),
    )
    return json_response(asdict(body), 202, location=record.url())
