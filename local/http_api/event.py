"""The event that a function is called with: payload format 2.0 (API Gateway's guide, "Lambda proxy")."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from local.http_api.request import ApiRequest
from local.http_api.routes import Route

# Bodies of these come as text where they are UTF-8; all others, and bodies without a type, as base64.
TEXT_TYPES = ("application/json", "application/xml", "application/javascript")


@dataclass(frozen=True)
class Address:
    """Where an API is reached.

    Attributes
    ----------
    stage
        ``$default``, which is not part of paths, or a name, which begins each path.
    mapping
        The path of a custom domain's API mapping, without slashes; requests without it do not arrive.
    keeps_mapping
        Whether ``rawPath`` keeps the mapping: AWS's guide says no, other reports yes.
    """

    api_id: str
    domain: str
    stage: str = "$default"
    mapping: str = ""
    keeps_mapping: bool = False

    def routed(self, path: str) -> tuple[str, str] | None:
        """Return a request's path as routes and as ``rawPath`` have it, None for one of another API."""
        if self.mapping:
            rest = _below(path, self.mapping)
            return None if rest is None else (rest, path if self.keeps_mapping else rest)
        if self.stage == "$default":
            return path, path
        rest = _below(path, self.stage)
        return None if rest is None else (rest, path)


def _below(path: str, first: str) -> str | None:
    if path == f"/{first}":
        return "/"
    return path.removeprefix(f"/{first}") if path.startswith(f"/{first}/") else None


def function_event(
    request: ApiRequest,
    raw_path: str,
    route: Route,
    parameters: Mapping[str, str],
    address: Address,
    authorized: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the event of a request that took a route; ``authorized`` is what its authorizer tells."""
    body, is_base64 = _body(request)
    headers = _headers(request)
    cookies = headers.pop("cookie", "")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": raw_path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": _context(request, raw_path, route, address)
        | ({"authorizer": dict(authorized)} if authorized else {}),
        "isBase64Encoded": is_base64,
    }
    # What is empty is left out, not null.
    optional = {
        "cookies": [one.strip() for one in cookies.split(";") if one.strip()],
        "queryStringParameters": _query_parameters(request.query),
        "pathParameters": dict(parameters),
        "body": body,
    }
    return event | {name: value for name, value in optional.items() if value}


def _headers(request: ApiRequest) -> dict[str, str]:
    """Return headers by lower-case name; the peer's address is added to those of the proxies before it."""
    joined = {name.lower(): request.header(name.lower()) for name, _ in request.headers}
    before = joined.get("x-forwarded-for")
    added = {
        "x-forwarded-for": f"{before}, {request.peer}" if before else request.peer,
        "x-forwarded-port": joined.get("host", "").partition(":")[2] or "80",
        "x-forwarded-proto": "http",
    }
    return joined | added | {"content-length": str(len(request.body))}


def _context(request: ApiRequest, raw_path: str, route: Route, address: Address) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": "000000000000",
        "apiId": address.api_id,
        "domainName": address.domain,
        "domainPrefix": address.domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": raw_path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.peer,  # of whoever is connected, be it a proxy
            "userAgent": request.header("user-agent"),
        },
        "requestId": base64.b64encode(os.urandom(11)).decode(),
        "routeKey": route.key,
        "stage": address.stage,
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(1000 * now),
    }


def _query_parameters(query: str) -> dict[str, str]:
    """Return the parameters of a query string; several of one name are joined by commas."""
    joined: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        joined.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in joined.items()}


def _body(request: ApiRequest) -> tuple[str, bool]:
    """Return the body as the event has it, and whether that is base64."""
    text = _text(request)
    if text is not None:
        return text, False
    return base64.b64encode(request.body).decode(), bool(request.body)


def _text(request: ApiRequest) -> str | None:
    """Return the body of a type that is text; None for another type, and where it is not UTF-8."""
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if not (media_type.startswith("text/") or media_type in TEXT_TYPES):
        return None
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        return None
