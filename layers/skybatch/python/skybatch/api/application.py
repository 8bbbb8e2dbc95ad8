"""The one way in and out of every function that answers HTTP: told of, never broken, with its headers on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.responses import refusal
from skybatch.batch.store import BATCH_ID
from skybatch.errors import SkybatchError, Transient
from skybatch.telemetry import bind_batch, logger, record_metrics

HSTS_SECONDS = 31_536_000
# On every answer; one that has its own (a page's policy, say) keeps it. An answer that is no page needs
# nothing from anywhere, should a browser show it all the same.
SECURITY_HEADERS = {
    "Strict-Transport-Security": f"max-age={HSTS_SECONDS}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; form-action 'none'",
}
# Packages whose errors are those of a service that answered badly for now.
SERVICES = ("botocore", "obstore")


def answer(app: APIGatewayHttpResolver, event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request through its router; whatever happens, the caller gets an answer of ours."""
    started = time.perf_counter()
    request_id = event.get("requestContext", {}).get("requestId", "")
    logger.set_correlation_id(request_id)
    batch_id = (event.get("pathParameters") or {}).get("id", "")
    if BATCH_ID.fullmatch(batch_id):
        bind_batch(batch_id)
    answered = dict(app.resolve(event, context))
    answered["headers"] = _complete(answered.get("headers") or {}, logger.get_correlation_id())
    status = answered["statusCode"]
    # The route, not the path: a path holds the batch id.
    logger.info(
        "request",
        route=event.get("routeKey"),
        status=status,
        milliseconds=round(1000 * (time.perf_counter() - started)),
        api_request_id=request_id,
    )
    if status >= 500:
        record_metrics({"ServerErrors": 1})
    return answered


def unforeseen(event: APIGatewayProxyEventV2, error: Exception) -> Response[str]:
    """The answer to what nobody foresaw: logged whole, told as no more than that it happened."""
    logger.exception("a request failed")
    if type(error).__module__.split(".")[0] in SERVICES:
        return refusal(event, Transient("A service behind this one did not answer as it should."))
    return refusal(event, SkybatchError("The request could not be handled; this is our fault, not yours."))


def _complete(headers: Mapping[str, Any], reference: str | None) -> dict[str, Any]:
    """The headers with those that each answer carries, and what the operators find its logs by."""
    have = {name.lower() for name in headers}
    added = {name: value for name, value in SECURITY_HEADERS.items() if name.lower() not in have}
    return {**headers, **added, **({"X-Correlation-Id": reference} if reference else {})}
