"""Requests arrive at the API as they came over the wire."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.http_api.api import HttpApi
from local.http_api.event import Address
from local.http_api.request import MAX_BODY_BYTES
from local.http_api.routes import Route
from local.http_api.server import PublicAddress, serve_api

SEEN: list[dict[str, Any]] = []


def echo(function: str, event: bytes, seconds: float) -> bytes:
    SEEN.append(json.loads(event))
    return json.dumps({"statusCode": 200, "body": SEEN[-1]["requestContext"]["http"]["method"]}).encode()


def unreachable(function: str, event: bytes, seconds: float) -> bytes:
    raise OSError("the emulator did not answer")


@pytest.fixture
def public() -> Iterator[PublicAddress]:
    with serve_api() as address:
        address.open(HttpApi([Route("$default", "f")], Address("a", address.domain), echo))
        yield address


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_methods_path_query_and_headers_arrive_as_they_were_sent(public: PublicAddress, method: str) -> None:
    target = "/batches/x/files/%2E%2E%2Fa%20b?where=a%3D%27j%27+b"
    answer = httpx.request(method, public.url + target, headers={"Idempotency-Key": "k1"})
    event = SEEN[-1]
    assert answer.text == method
    assert event["rawPath"] == "/batches/x/files/../a b"
    assert event["rawQueryString"] == "where=a%3D%27j%27+b"
    assert event["headers"]["idempotency-key"] == "k1"
    assert event["headers"]["x-forwarded-for"] == event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert event["requestContext"]["domainName"] == public.domain


def test_head_is_answered_without_a_body(public: PublicAddress) -> None:
    answer = httpx.head(public.url)
    assert (answer.status_code, answer.content) == (200, b"")


def test_many_headers_within_the_limit_arrive(public: PublicAddress) -> None:
    sent = {f"X-{number}": "v" for number in range(300)}
    assert httpx.get(public.url, headers=sent).status_code == 200
    assert {name.lower() for name in sent} <= SEEN[-1]["headers"].keys()


def test_a_body_of_unknown_length_arrives_whole(public: PublicAddress) -> None:
    answer = httpx.post(
        public.url, content=iter([b"a" * 10, b"b" * 70_000]), headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200
    assert SEEN[-1]["body"] == "a" * 10 + "b" * 70_000
    assert SEEN[-1]["headers"]["content-length"] == "70010"


def test_what_the_gateway_refuses_is_told_as_it_does(public: PublicAddress) -> None:
    answer = httpx.post(public.url, content=bytes(MAX_BODY_BYTES + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


def test_a_target_may_be_a_whole_address(public: PublicAddress) -> None:
    host, _, port = public.domain.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as plug:
        plug.sendall(b"GET http://x.example/health?a=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert plug.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert (SEEN[-1]["rawPath"], SEEN[-1]["rawQueryString"]) == ("/health", "a=1")


def test_a_request_line_that_is_not_ascii_is_refused(public: PublicAddress) -> None:
    host, _, port = public.domain.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as plug:
        plug.sendall("GET /é HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert plug.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_without_an_api_or_an_emulator_it_says_so() -> None:
    with serve_api() as public:
        assert httpx.get(public.url).status_code == 503
        public.open(HttpApi([Route("$default", "f")], Address("a", "d"), unreachable))
        assert httpx.get(public.url).status_code == 502
