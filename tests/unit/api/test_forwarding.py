"""Paths are those of routes at any stage, API mapping and address; callers are known behind proxies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.forwarding import Front, direct_event, viewer_address
from skybatch.settings import Settings
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
    assert APIGatewayProxyEventV2(direct_event(event, Front(public_url))).path == routed
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
    made = direct_event(event, Front(proxies=proxies))
    assert made["requestContext"]["http"]["sourceIp"] == caller
    assert event["requestContext"]["http"]["sourceIp"] == "192.0.2.17"


def test_an_event_without_headers_has_its_connected_address() -> None:
    event = http_event("GET", "/", source_ip="192.0.2.17")
    del event["headers"]
    assert direct_event(event, Front(proxies=1))["requestContext"]["http"]["sourceIp"] == "192.0.2.17"


# Behind a CDN -------------------------------------------------------------------------------------------

CDN = Front.from_settings(Settings(origin_secret="old, new", viewer_address_header="X-Viewer-Address"))
TOLD = "198.51.100.7"


def caller(front: Front, **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    event = direct_event(http_event("GET", "/", headers=named, source_ip="192.0.2.17"), front)
    assert "x-origin-verify" not in event["headers"]
    return str(event["requestContext"]["http"]["sourceIp"])


@pytest.mark.parametrize("secret", ["old", "new"])
def test_the_cdn_is_believed_by_its_secret(secret: str) -> None:
    assert caller(CDN, x_viewer_address=TOLD, x_origin_verify=secret) == TOLD


@pytest.mark.parametrize("secret", ["", "other", "old, new", "ol", "old ", "\u00e9"])
def test_nothing_is_believed_without_it(secret: str) -> None:
    """Not the proxies either: who comes past the CDN can name any address."""
    believing = replace(CDN, proxies=1)
    headers = {"x_viewer_address": TOLD, "x_forwarded_for": f"{TOLD}, 192.0.2.17", "x_origin_verify": secret}
    assert caller(believing, **headers) == "192.0.2.17"


def test_a_viewer_header_without_a_secret_to_hold_it_to_is_nothing() -> None:
    front = Front.from_settings(Settings(viewer_address_header="X-Viewer-Address"))
    assert caller(front, x_viewer_address=TOLD) == "192.0.2.17"


def test_a_cdn_that_tells_no_viewer_is_a_proxy() -> None:
    headers = {"x_origin_verify": "old", "x_forwarded_for": f"6.6.6.6, {TOLD}, 192.0.2.17"}
    assert caller(replace(CDN, proxies=1), **headers) == TOLD
    assert caller(CDN, **headers) == "192.0.2.17"


@pytest.mark.parametrize(
    ("header", "value", "address"),
    [
        ("cloudfront-viewer-address", "198.51.100.7:46532", TOLD),
        ("cloudfront-viewer-address", "2001:db8::7:4653", "2001:db8::7"),
        ("x-viewer-address", TOLD, TOLD),
        ("x-viewer-address", " 2001:db8::7 ", "2001:db8::7"),
        ("cf-connecting-ip", "2001:db8::7:4653", "2001:db8::7:4653"),
        ("x-viewer-address", "198.51.100.7:46532", TOLD),
        ("x-viewer-address", "[2001:db8::7]:46532", "2001:db8::7"),
        ("x-viewer-address", "unknown", ""),
        ("x-viewer-address", "198.51.100.7, 6.6.6.6", ""),
        ("cloudfront-viewer-address", "", ""),
    ],
)
def test_addresses_as_cdns_write_them(header: str, value: str, address: str) -> None:
    assert viewer_address(header, value) == address
