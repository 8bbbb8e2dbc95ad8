"""CORS preflight requests reach every function through ANY and $default, and are answered on any path."""

from __future__ import annotations

from functools import cache

import pytest

from tests.support.batches.functions import load_function
from tests.support.batches.template import TEMPLATE
from tests.support.servers.http import HttpClient, make_dependencies

PREFLIGHT = {"origin": "https://elsewhere.example", "access_control_request_method": "POST"}
ROUTE_KEYS = [
    resource["Properties"]["RouteKey"]
    for resource in TEMPLATE["Resources"].values()
    if resource["Type"] == "AWS::ApiGatewayV2::Route"
]
ROUTE_PATHS = sorted({key.partition(" ")[2] for key in ROUTE_KEYS} - {""})
UNUSUAL = ["/", "/nothing/here", "//", "/a\nb", "/ibe/data/\0", "/%2e%2e/x"]


@cache
def client(function: str) -> HttpClient:
    return HttpClient(make_dependencies(), *load_function(function).ROUTES)


@pytest.mark.parametrize("function", ["planner", "portal", "search"])
@pytest.mark.parametrize("path", [*ROUTE_PATHS, *UNUSUAL])
def test_a_browser_may_send_any_header_from_any_origin(function: str, path: str) -> None:
    answer = client(function).call("OPTIONS", path, b"", **PREFLIGHT)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "*"
    assert {"GET", "HEAD", "POST"} <= set(answer.headers["access-control-allow-methods"].split(", "))


def test_a_request_after_a_preflight_is_one_like_any_other() -> None:
    assert client("portal").get("/nothing/here", **PREFLIGHT).status == 404
