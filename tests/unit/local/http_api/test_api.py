"""An HTTP API holds the limits of API Gateway and Lambda."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from local.emulator import Emulator
from local.http_api.api import MAX_PAYLOAD_BYTES, FunctionBusy, FunctionFailed, HttpApi, invoker
from local.http_api.cors import Cors
from local.http_api.event import Address
from local.http_api.request import MAX_BODY_BYTES, MAX_HEAD_BYTES, ApiRequest
from local.http_api.response import ApiResponse
from local.http_api.routes import Route
from local.server_thread import running

ROUTES = [Route("ANY /any", "f", 29.0), Route("POST /post", "f", 29.0)]
CALLS: list[tuple[str, dict[str, Any], float]] = []


def echo(function: str, event: bytes, seconds: float) -> bytes:
    CALLS.append((function, json.loads(event), seconds))
    return b'{"statusCode": 200, "body": "called"}'


def call(
    method: str,
    target: str,
    *headers: tuple[str, str],
    body: bytes = b"",
    invoke: Callable[[str, bytes, float], bytes] = echo,
    cors: Cors | None = None,
) -> ApiResponse:
    CALLS.clear()
    api = HttpApi(ROUTES, Address("a", "d"), invoke, cors)
    return api.respond(ApiRequest(method, target, headers, body, "192.0.2.1"))


def test_a_function_is_called_with_its_event_and_timeout() -> None:
    assert call("GET", "/any?x=1").body == b"called"
    ((function, event, seconds),) = CALLS
    assert (function, event["routeKey"], event["rawQueryString"], seconds) == ("f", "ANY /any", "x=1", 29.0)


def test_options_reach_the_function_through_any() -> None:
    """API Gateway answers preflights itself only where no route matches them."""
    cors = Cors(("*",), ("*",))
    preflight = (("Origin", "https://elsewhere.example"), ("Access-Control-Request-Method", "GET"))
    assert call("OPTIONS", "/any", *preflight, cors=cors).status == 200
    assert len(CALLS) == 1
    answer = call("OPTIONS", "/post", *preflight, cors=cors)
    assert (answer.status, dict(answer.headers)["Access-Control-Allow-Methods"]) == (204, "*")
    assert CALLS == []
    assert call("OPTIONS", "/post", *preflight).status == 404


@pytest.mark.parametrize(("method", "target"), [("GET", "/nothing"), ("GET", "/post"), ("BREW", "/any")])
def test_what_no_route_is_for_is_not_found(method: str, target: str) -> None:
    assert (call(method, target).status, CALLS) == (404, [])


def test_request_line_and_headers_have_a_limit_together() -> None:
    line = len("GET /any HTTP/1.1")
    assert call("GET", "/any", ("A", "x" * (MAX_HEAD_BYTES - line))).status == 200
    assert call("GET", "/any", ("A", "x" * (MAX_HEAD_BYTES - line + 1))).status == 431
    assert call("GET", "/any?" + "x" * MAX_HEAD_BYTES).status == 431


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, MAX_PAYLOAD_BYTES * 3 // 4])
def test_a_body_that_the_gateway_or_the_function_cannot_take_is_too_large(size: int) -> None:
    """Of binary bodies a function takes three quarters of 6 MB, less the rest of the event."""
    assert (call("POST", "/any", body=bytes(size)).status, CALLS) == (413, [])


def test_the_largest_upload_that_the_template_allows_is_taken() -> None:
    body = bytes(4_400_000)
    assert call("POST", "/any", ("Content-Type", "multipart/form-data; boundary=x"), body=body).status == 200
    assert base64.b64decode(CALLS[0][1]["body"]) == body


@pytest.mark.parametrize(("error", "status"), [(FunctionFailed("raised"), 500), (FunctionBusy("slow"), 503)])
def test_a_function_that_fails_or_is_late(error: Exception, status: int) -> None:
    def invoke(function: str, event: bytes, seconds: float) -> bytes:
        raise error

    assert call("GET", "/any", invoke=invoke).status == status


def test_an_answer_longer_than_lambdas_is_a_failure_of_the_function() -> None:
    body = json.dumps({"statusCode": 200, "body": "x" * MAX_PAYLOAD_BYTES}).encode()
    assert call("GET", "/any", invoke=lambda *_: body).status == 500


def test_an_api_can_be_put_at_another_address() -> None:
    api = HttpApi(ROUTES, Address("a", "d"), echo).at(mapping="sky")
    assert api.respond(ApiRequest("GET", "/sky/any", (), b"", "")).status == 200
    assert api.respond(ApiRequest("GET", "/any", (), b"", "")).status == 404


class Lambda(BaseHTTPRequestHandler):
    """Stands for Lambda: a function does what its name says."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.split("/")[3]
        if name == "slow":
            Event().wait(1.0)
        status = {"throttled": 429, "absent": 404}.get(name, 200)
        error = {"throttled": "TooManyRequestsException", "absent": "ResourceNotFoundException"}.get(name)
        body = json.dumps({"message": name} if error else {"statusCode": 200}).encode()
        self.send_response(status)
        if error:
            self.send_header("x-amzn-ErrorType", error)
        if name == "raises":
            self.send_header("X-Amz-Function-Error", "Unhandled")
        self.send_header("Content-Length", str(len(body)))
        with suppress(BrokenPipeError):  # whoever asked waits no longer
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def functions() -> Iterator[Emulator]:
    with running(ThreadingHTTPServer(("127.0.0.1", 0), Lambda)) as url:
        yield Emulator(url, 0, Path(), Path())


@pytest.mark.parametrize(
    ("function", "seconds", "status"),
    [
        ("sound", 30.0, 200),
        ("raises", 30.0, 500),
        ("absent", 30.0, 500),
        ("throttled", 30.0, 503),
        ("slow", 0.2, 503),
    ],
)
def test_functions_are_called_by_lambdas_own_interface(
    functions: Emulator, function: str, seconds: float, status: int
) -> None:
    api = HttpApi([Route("$default", function, seconds)], Address("a", "d"), invoker(functions))
    assert api.respond(ApiRequest("GET", "/", (), b"", "192.0.2.1")).status == status


def test_without_an_emulator_nothing_is_answered_in_its_place() -> None:
    gone = invoker(Emulator("http://127.0.0.1:1", 0, Path(), Path()))
    with pytest.raises(OSError, match="did not answer"):
        gone("f", b"{}", 1.0)
