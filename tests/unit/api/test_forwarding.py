"""Paths are those of routes at any stage, API mapping and address; callers are known behind proxies."""

from __future__ import annotations

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.forwarding import direct_event
from tests.support.servers.http import http_event


@pytest.mark.parametrize(
    ("public_url", "stage", "raw_path", "routed"),
    [
        ("", "$default", "/batches/1", "/batches/1"),
        ("https://sky.example", "$default", "/batches/1", "/batches/1"),
        ("https://example.org/sky/v1", "$default", "/sky/v1/batches/1", "/batches/1"),
        ("https://example.org/sky/v1", "$default", "/batches/1", "/batches/1"),
        ("https://example.org/sky", "$default", "/sky", "/"),
        ("https://example.org/sky", "$default", "/skyward/1", "/skyward/1"),
        ("", "dev", "/dev/batches/1", "/batches/1"),
        ("", "dev", "/dev", "/"),
        ("https://example.org/sky", "dev", "/sky/batches/1", "/batches/1"),
        ("https://example.org/sky", "dev", "/batches/1", "/batches/1"),
        ("https://example.org/sky", "dev", "/sky/dev/batches/1", "/batches/1"),
        ("", "$default", "//batches", "//batches"),
    ],
)
def test_what_is_in_front_of_a_route_is_left_out(
    public_url: str, stage: str, raw_path: str, routed: str
) -> None:
    event = http_event("GET", raw_path)
    event["requestContext"]["stage"] = stage
    assert APIGatewayProxyEventV2(direct_event(event, public_url, 0)).path == routed
    assert event["rawPath"] == raw_path


@pytest.mark.parametrize(
    ("proxies", "forwarded", "caller"),
    [
        (0, "198.51.100.7, 192.0.2.17", "192.0.2.17"),
        (1, "198.51.100.7, 192.0.2.17", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7, 192.0.2.17", "198.51.100.7"),
        (1, "2001:db8::7,192.0.2.17", "2001:db8::7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1, 192.0.2.17", "198.51.100.7"),
        (1, "192.0.2.17", "192.0.2.17"),
        (1, "unknown, 192.0.2.17", "192.0.2.17"),
        (1, "", "192.0.2.17"),
        (3, "198.51.100.7, 192.0.2.17", "192.0.2.17"),
    ],
)
def test_the_caller_is_whom_the_last_proxy_of_ours_names(proxies: int, forwarded: str, caller: str) -> None:
    event = http_event("GET", "/", headers={"X-Forwarded-For": forwarded}, source_ip="192.0.2.17")
    made = direct_event(event, "", proxies)
    assert made["requestContext"]["http"]["sourceIp"] == caller
    assert event["requestContext"]["http"]["sourceIp"] == "192.0.2.17"


def test_an_event_without_headers_has_its_connected_address() -> None:
    event = http_event("GET", "/", source_ip="192.0.2.17")
    del event["headers"]
    assert direct_event(event, "", 1)["requestContext"]["http"]["sourceIp"] == "192.0.2.17"
