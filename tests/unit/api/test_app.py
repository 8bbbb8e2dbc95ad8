"""The application: every response is logged, carries the security headers and is never a traceback."""

from __future__ import annotations

import pytest

from skybatch.api.app import SECURITY_HEADERS
from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import json_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.errors import InvalidRequest, TooMany
from skybatch.redaction import batch_hash
from tests.support.servers.http import CONTEXT, HttpClient, http_answer, http_event, make_dependencies

BATCH = "0123456789abcdef" * 2
SECRET = "the secret of the error"
routes = RouteTable()


class FromAws(Exception):
    __module__ = "botocore.exceptions"


ERRORS: dict[str, Exception] = {
    "known": InvalidRequest("not valid"),
    "busy": TooMany("too many", retry_after=77),
    "aws": FromAws(SECRET),
    "unexpected": KeyError(SECRET),
}


@routes.get("/items/<name>")
def item(request: HttpRequest, dependencies: Dependencies, name: str) -> AnyResponse:
    return json_response({"name": name, "url": request.base_url, "now": dependencies.clock()})


@routes.get("/items/first")
def first(_: HttpRequest, __: Dependencies) -> AnyResponse:
    return json_response({"name": "the literal one"})


@routes.get("/errors/<name>")
def fail(_: HttpRequest, __: Dependencies, name: str) -> AnyResponse:
    raise ERRORS[name]


@pytest.fixture
def client() -> HttpClient:
    return HttpClient(make_dependencies(), routes)


def test_a_handler_gets_request_dependencies_and_path_parameters(client: HttpClient) -> None:
    settings = client.dependencies.settings
    expected = {"name": "x", "url": settings.public_url, "now": client.dependencies.clock()}
    assert client.get("/items/x").json() == expected


def test_a_literal_path_takes_precedence(client: HttpClient) -> None:
    assert client.get("/items/first").json() == {"name": "the literal one"}


def test_applications_of_the_same_routes_do_not_share_dependencies() -> None:
    clients = [HttpClient(make_dependencies(clock=lambda now=now: now), routes) for now in (1.0, 2.0)]
    assert [client.get("/items/x").json()["now"] for client in clients] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("known", 422, "invalid"),
        ("busy", 429, "too_many"),
        ("aws", 503, "transient"),
        ("unexpected", 500, "internal"),
    ],
)
def test_an_error_is_a_problem_without_internal_details(
    client: HttpClient, name: str, status: int, code: str
) -> None:
    answer = client.get(f"/errors/{name}")
    assert (answer.status, answer.media_type) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert SECRET not in answer.body.decode()


@pytest.mark.parametrize("path", ["/items/x", "/errors/unexpected", "/nowhere"])
def test_every_response_has_the_security_headers(client: HttpClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name.lower() for name in SECURITY_HEADERS} <= headers.keys()


def test_the_correlation_id_is_the_hash_of_the_batch(client: HttpClient) -> None:
    event = http_event("GET", "/items/x") | {"pathParameters": {"id": BATCH}}
    answer = http_answer(client.app.handle(event, CONTEXT))
    assert answer.headers["x-correlation-id"] == batch_hash(BATCH)


def test_without_a_batch_the_correlation_id_is_that_of_api_gateway(client: HttpClient) -> None:
    event = http_event("GET", "/items/x")
    answer = http_answer(client.app.handle(event, CONTEXT))
    assert answer.headers["x-correlation-id"] == event["requestContext"]["requestId"]
