"""HTTP requests as API Gateway sends them to a function, and the function's answers to them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from obstore.store import MemoryStore

from local.http_api.request import ApiRequest
from skybatch.api.app import HttpApp
from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.routing import RouteTable
from skybatch.names.resolver import Resolver
from skybatch.settings import Settings
from tests.support.batches.template import event as sample_event

BASE_URL = "https://sky.example.org"
NOW = 1_000_000.0
MULTIPART = "multipart/form-data; boundary=boundary"
CONTEXT = SimpleNamespace(
    function_name="test", memory_limit_in_mb=1024, invoked_function_arn="arn", aws_request_id="id"
)


@dataclass(frozen=True)
class HttpAnswer:
    """What the caller of a function receives; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters."""
        return self.headers.get("content-type", "").split(";")[0]

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


CALLER = "192.0.2.17"


def http_event(
    method: str,
    url: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    source_ip: str = CALLER,
) -> dict[str, Any]:
    """Return the event of a request in API Gateway's payload format 2.0."""
    request = ApiRequest(method, url, (), body, source_ip)
    path, query = request.path, request.query
    event = sample_event("search-get-sia2")
    event["requestContext"]["http"] |= {"method": method, "path": path, "sourceIp": source_ip}
    event.pop("pathParameters", None)
    return {
        **event,
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": dict(parse_qsl(query, keep_blank_values=True)),
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def http_request(
    method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> HttpRequest:
    """Return a request as route handlers see it."""
    return HttpRequest(APIGatewayProxyEventV2(http_event(method, url, body, headers)), BASE_URL)


def http_answer(response: dict[str, Any]) -> HttpAnswer:
    """Read a Lambda proxy response."""
    text = response.get("body") or ""
    body = base64.b64decode(text) if response.get("isBase64Encoded") else text.encode()
    headers = {name.lower(): str(value) for name, value in response["headers"].items()}
    return HttpAnswer(response["statusCode"], headers, body)


def body_of(response: Response[Any]) -> bytes:
    """Return the body of a route handler's response."""
    body = response.body or b""
    return body.encode() if isinstance(body, str) else bytes(body)


def make_dependencies(**changes: Any) -> Dependencies:
    """Return dependencies over empty stores in memory, with what a test replaces."""
    results = MemoryStore()

    def no_inventory(dataset: str, version: str | None) -> Any:
        raise AssertionError(f"no inventory of {dataset} was expected to be opened")

    made = Dependencies(
        settings=Settings(public_url=BASE_URL),
        results=results,
        archive=MemoryStore(),
        open_inventory=no_inventory,
        name_resolver=lambda: Resolver(()),
        start_execution=lambda batch_id, created: None,
        clock=lambda: NOW,
    )
    return replace(made, **changes)


def multipart_form(fields: Mapping[str, object]) -> bytes:
    """Return the body of a form that a browser posts as `MULTIPART`."""
    parts = [
        f'--boundary\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, "--boundary--\r\n"]).encode()


class HttpClient:
    """Calls an application of some routes, event in and response out, from the address ``source_ip``."""

    source_ip = CALLER

    def __init__(self, dependencies: Dependencies, *tables: RouteTable) -> None:
        self.dependencies = dependencies
        self.app = HttpApp(dependencies, tables)

    def call(self, method: str, url: str, body: bytes = b"", **headers: str) -> HttpAnswer:
        """Send a request; underscores in names of headers stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return http_answer(self.app.handle(http_event(method, url, body, named, self.source_ip), CONTEXT))

    def get(self, url: str, **headers: str) -> HttpAnswer:
        """Send a GET."""
        return self.call("GET", url, b"", **headers)

    def post(self, url: str, body: bytes = b"", **headers: str) -> HttpAnswer:
        """Send a POST."""
        return self.call("POST", url, body, **headers)

    def post_json(self, url: str, fields: dict[str, Any], **headers: str) -> HttpAnswer:
        """Send a POST with a JSON body."""
        return self.post(url, json.dumps(fields).encode(), content_type="application/json", **headers)
