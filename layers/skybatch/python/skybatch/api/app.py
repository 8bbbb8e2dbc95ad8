"""The HTTP application of a function: routes an event to its handler and renders every error.

A function answers only through `HttpApp.handle`, so that each response is logged, carries the security
headers and is never a traceback.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from skybatch.api import cors_preflight
from skybatch.api.dependencies import Dependencies
from skybatch.api.endpoints import check_open
from skybatch.api.forwarding import Front, direct_event
from skybatch.api.http_request import HttpRequest
from skybatch.api.metering import charge, usage_of
from skybatch.api.responses import error_response
from skybatch.api.routing import AnyResponse, Route, RouteTable
from skybatch.batch.store import BATCH_ID
from skybatch.callers.networks import site_network
from skybatch.callers.usage import Usage
from skybatch.errors import NotFound, SkybatchError, Transient
from skybatch.telemetry import bind_batch, logger, record_metrics

HSTS_SECONDS = 31_536_000
# On every response; one that sets a header itself (a page's Content-Security-Policy, say) keeps its own.
# A response that is not a page needs no resources, should a browser display it all the same.
SECURITY_HEADERS = {
    "Strict-Transport-Security": f"max-age={HSTS_SECONDS}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; form-action 'none'",
}
# Packages whose errors mean that a service behind this one failed, perhaps only for now.
AWS_CLIENT_PACKAGES = ("botocore", "obstore")


class HttpApp:
    """An application of some routes over its dependencies.

    Parameters
    ----------
    dependencies
        Stores, inventories and settings that every route handler is given.
    route_tables
        The routes, by module; literal paths take precedence over those with parameters, then the order
        given decides.
    """

    def __init__(self, dependencies: Dependencies, route_tables: Iterable[RouteTable]) -> None:
        self._dependencies = dependencies
        self._closed = dependencies.settings.closed  # here, so that a wrong word is known at once
        self._front = Front.from_settings(dependencies.settings)
        self._resolver = APIGatewayHttpResolver(serializer=_unchanged)
        for table in route_tables:
            for route in table.routes:
                self._resolver.route(route.rule, method=list(route.methods))(self._bind(route))
        self._add_error_handlers()

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one API Gateway event (payload format 2.0) with a Lambda proxy response."""
        started = time.perf_counter()
        event = direct_event(event, self._front)
        _bind_correlation_id(event)
        response = self._response(event, context)
        response["body"] = _encodable(response.get("body") or "")
        response["headers"] = _with_common_headers(response.get("headers") or {}, logger.get_correlation_id())
        seconds = time.perf_counter() - started
        _log_request(event, response["statusCode"], seconds)
        self._charge(event, usage_of(response, seconds))
        return response

    def _response(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        if event["requestContext"]["http"]["method"] == cors_preflight.METHOD:
            return cors_preflight.preflight_response()
        return dict(self._resolver.resolve(event, context))

    def _request(self) -> HttpRequest:
        return HttpRequest(self._resolver.current_event, self._dependencies.settings.public_url)

    def _bind(self, route: Route) -> Callable[..., AnyResponse]:
        @wraps(route.handler)
        def call(**path_parameters: str) -> AnyResponse:
            request = self._request()
            try:
                self._admit(request)
            except SkybatchError as error:
                return route.error_response(request, error)
            return route.handler(request, self._dependencies, **path_parameters)

        return call

    def _admit(self, request: HttpRequest) -> None:
        """Refuse, before any work, what is closed, and who has used up an allowance.

        Raises Closed or TooMany.
        """
        here = self._dependencies
        check_open(request.path, self._closed)
        here.callers.check(site_network(request.source_ip), here.clock())

    def _charge(self, event: dict[str, Any], usage: Usage) -> None:
        here, source_ip = self._dependencies, event["requestContext"]["http"]["sourceIp"]
        if source_ip:
            charge(here.callers, site_network(source_ip), usage, here.clock())

    def _add_error_handlers(self) -> None:
        def known(error: SkybatchError) -> Response[str]:
            return error_response(self._request(), error)

        def unexpected(error: Exception) -> Response[str]:
            logger.exception("a request failed")
            return error_response(self._request(), _without_details(error))

        def not_found(_: Exception) -> Response[str]:
            return error_response(self._request(), NotFound("There is nothing at this address."))

        self._resolver.exception_handler(SkybatchError)(known)
        self._resolver.exception_handler(Exception)(unexpected)
        self._resolver.not_found(not_found)


def _unchanged(body: Any) -> Any:
    """Return a JSON body as its handler made it; powertools would encode bytes, even gzipped ones, again."""
    return body


def _without_details(error: Exception) -> SkybatchError:
    """Return what the caller may know of an unexpected error: not its text, which the log has."""
    if type(error).__module__.split(".")[0] in AWS_CLIENT_PACKAGES:
        return Transient("A service behind this one did not answer as it should.")
    return SkybatchError("The request could not be handled; this is our fault, not yours.")


def _encodable(body: str) -> str:
    """Return a body that UTF-8 can carry: JSON of a caller may quote half a character (a lone surrogate)."""
    return body if body.isascii() else body.encode("utf-8", "replace").decode()


def _request_id(event: Mapping[str, Any]) -> str:
    return str(event.get("requestContext", {}).get("requestId", ""))


def _bind_correlation_id(event: Mapping[str, Any]) -> None:
    """Log everything about this request under the hash of its batch, else under API Gateway's request id."""
    logger.set_correlation_id(_request_id(event))
    batch_id = (event.get("pathParameters") or {}).get("id", "")
    if BATCH_ID.fullmatch(batch_id):
        bind_batch(batch_id)


def _log_request(event: Mapping[str, Any], status: int, seconds: float) -> None:
    logger.info(
        "request",
        route=event.get("routeKey"),  # not the path, which holds the batch id
        status=status,
        milliseconds=round(1000 * seconds),
        api_request_id=_request_id(event),
    )
    if status >= 500:
        record_metrics({"ServerErrors": 1})


def _with_common_headers(headers: Mapping[str, Any], correlation_id: str | None) -> dict[str, Any]:
    """Add the security headers that are missing, and the id under which operators find the logs."""
    present = {name.lower() for name in headers}
    added = {name: value for name, value in SECURITY_HEADERS.items() if name.lower() not in present}
    return {**headers, **added, **({"X-Correlation-Id": correlation_id} if correlation_id else {})}
