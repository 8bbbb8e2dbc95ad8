"""An HTTP API: requests to functions by its routes, within the limits of API Gateway and Lambda."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from local.emulator import Emulator
from local.http_api import response
from local.http_api.authorizer import Forbidden, JwtAuthorizer, Unauthorized, refused
from local.http_api.cors import Cors, is_preflight
from local.http_api.event import Address, function_event
from local.http_api.request import MAX_BODY_BYTES, MAX_HEAD_BYTES, ApiRequest
from local.http_api.response import ApiResponse, proxy_response
from local.http_api.routes import METHODS, Route, select

# Lambda's quota for the payload of a synchronous call and for that of its answer.
MAX_PAYLOAD_BYTES = 6 * 1024 * 1024

# (function, event, seconds to wait) -> what it returned. Raises FunctionFailed, FunctionBusy.
Invoke = Callable[[str, bytes, float], bytes]


class FunctionFailed(Exception):
    """The function raised, ran out of its own time or memory, or is not there."""


class FunctionBusy(Exception):
    """The function was throttled, or did not answer in time."""


@dataclass(frozen=True)
class HttpApi:
    """An API of some routes; a request that none is for is answered 404."""

    routes: Sequence[Route]
    address: Address
    invoke: Invoke
    cors: Cors | None = None

    def respond(self, request: ApiRequest) -> ApiResponse:
        """Answer a request."""
        answer = self._response(request)
        return self.cors.applied(request, answer) if self.cors else answer

    def at(self, **changes: Any) -> HttpApi:
        """Return this API at another address: another ``stage`` or ``mapping``."""
        return replace(self, address=replace(self.address, **changes))

    def _response(self, request: ApiRequest) -> ApiResponse:
        if request.head_bytes > MAX_HEAD_BYTES:
            return response.HEAD_TOO_LARGE
        if len(request.body) > MAX_BODY_BYTES:
            return response.TOO_LARGE
        paths = self.address.routed(request.path)
        found = select(self.routes, request.method, paths[0]) if paths else None
        if paths is None or found is None or request.method not in METHODS:
            return ApiResponse(204, []) if self.cors and is_preflight(request) else response.NOT_FOUND
        route = found[0]
        try:
            told = route.authorizer.authorize(request, route.scopes) if route.authorizer else None
        except (Unauthorized, Forbidden) as error:
            return refused(error)
        event = function_event(request, paths[1], *found, self.address, told)
        return self._called(route, json.dumps(event).encode())

    def _called(self, route: Route, payload: bytes) -> ApiResponse:
        if len(payload) > MAX_PAYLOAD_BYTES:
            return response.TOO_LARGE
        try:
            returned = self.invoke(route.function, payload, route.timeout)
        except FunctionFailed:
            return response.FUNCTION_FAILED
        except FunctionBusy:
            return response.UNAVAILABLE
        return proxy_response(returned) if len(returned) <= MAX_PAYLOAD_BYTES else response.FUNCTION_FAILED


def deployed_api(emulator: Emulator, api_id: str, domain: str, cors: Cors | None = None) -> HttpApi:
    """Read the routes and integrations of an API as they were deployed.

    ``cors`` is given, because the emulator does not answer it in the form of API Gateway.
    """
    gateway = emulator.client("apigatewayv2")
    integrations = {one["IntegrationId"]: one for one in _items(gateway.get_integrations, api_id)}
    authorizers = {one["AuthorizerId"]: _authorizer(one) for one in _items(gateway.get_authorizers, api_id)}
    routes = [_route(one, integrations, authorizers) for one in _items(gateway.get_routes, api_id)]
    return HttpApi(routes, Address(api_id, domain), invoker(emulator), cors)


def _items(call: Callable[..., dict[str, Any]], api_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = call(ApiId=api_id, MaxResults="1000")["Items"]
    return items


def _route(
    described: dict[str, Any],
    integrations: dict[str, dict[str, Any]],
    authorizers: dict[str, JwtAuthorizer],
) -> Route:
    integration = integrations[described["Target"].rpartition("/")[2]]
    timeout = integration.get("TimeoutInMillis", 30_000) / 1000
    asks = described.get("AuthorizationType", "NONE") == "JWT"
    return Route(
        described["RouteKey"],
        integration["IntegrationUri"],
        timeout,
        authorizers[described["AuthorizerId"]] if asks else None,
        tuple(described.get("AuthorizationScopes") or ()),
    )


def _authorizer(described: dict[str, Any]) -> JwtAuthorizer:
    configuration = described["JwtConfiguration"]
    return JwtAuthorizer(configuration["Issuer"], configuration["Audience"])


def invoker(emulator: Emulator) -> Invoke:
    """Return what calls functions of an emulator; OSError where that does not answer."""
    from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

    @cache
    def functions(seconds: float) -> Any:
        once = {"total_max_attempts": 1}
        return emulator.client("lambda", read_timeout=seconds, retries=once, max_pool_connections=256)

    def invoke(function: str, payload: bytes, seconds: float) -> bytes:
        try:
            answer = functions(seconds).invoke(FunctionName=function, Payload=payload)
            returned: bytes = answer["Payload"].read()
        except ReadTimeoutError as error:
            raise FunctionBusy(f"{function} did not answer within {seconds:g} s") from error
        except BotoCoreError as error:  # of this machine; no caller of AWS meets it
            raise OSError(f"the emulator did not answer: {error}") from error
        except ClientError as error:
            busy = error.response["ResponseMetadata"]["HTTPStatusCode"] == 429
            raise (FunctionBusy if busy else FunctionFailed)(str(error)) from error
        if "FunctionError" in answer:
            raise FunctionFailed(repr(returned[:200]))
        return returned

    return invoke
