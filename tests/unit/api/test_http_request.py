"""A request as API Gateway delivers it: addresses, headers and bodies."""

from __future__ import annotations

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.http_request import HttpRequest
from tests.support.servers.http import http_event, http_request


def at_stage(stage: str, domain: str) -> HttpRequest:
    event = http_event("GET", "/")
    event["requestContext"] |= {"stage": stage, "domainName": domain}
    event["headers"]["host"] = "attacker.example"
    return HttpRequest(APIGatewayProxyEventV2(event))


def test_the_base_url_is_the_public_one_where_that_is_set() -> None:
    event = APIGatewayProxyEventV2(http_event("GET", "/"))
    assert HttpRequest(event, "https://sky.example.org").base_url == "https://sky.example.org"


@pytest.mark.parametrize(("stage", "suffix"), [("$default", ""), ("prod", "/prod")])
def test_the_base_url_is_never_that_of_the_host_header(stage: str, suffix: str) -> None:
    assert at_stage(stage, "api.example.org").base_url == f"https://api.example.org{suffix}"


def test_a_body_is_decoded_from_base64() -> None:
    assert http_request("POST", "/", b"\x00\xff").body == b"\x00\xff"


def test_a_text_body_is_utf8() -> None:
    event = http_event("POST", "/") | {"body": "é", "isBase64Encoded": False}
    assert HttpRequest(APIGatewayProxyEventV2(event)).body == "é".encode()


def test_a_missing_body_is_empty() -> None:
    event = http_event("POST", "/") | {"body": None, "isBase64Encoded": False}
    assert HttpRequest(APIGatewayProxyEventV2(event)).body == b""


def test_headers_are_found_in_any_case() -> None:
    request = http_request("GET", "/", headers={"Idempotency-Key": "k"})
    assert request.header("IDEMPOTENCY-key") == "k"
    assert request.header("absent") == ""


@pytest.mark.parametrize(
    ("accept", "browser"), [("text/html,application/xml;q=0.9", True), ("*/*", False), ("", False)]
)
def test_only_a_browser_accepts_html(accept: str, browser: bool) -> None:
    assert http_request("GET", "/", headers={"accept": accept}).accepts_html is browser


@pytest.mark.parametrize(("method", "signed"), [("GET", "GET"), ("HEAD", "HEAD"), ("POST", "GET")])
def test_links_are_presigned_for_the_method_that_will_follow_them(method: str, signed: str) -> None:
    assert http_request(method, "/").link_method == signed


def test_query_and_path_are_as_they_were_sent() -> None:
    request = http_request("GET", "/a/b?after=1-2&x=%20")
    assert (request.path, request.raw_query) == ("/a/b", "after=1-2&x=%20")
    assert (request.query_parameter("after"), request.query_parameter("y")) == ("1-2", None)
