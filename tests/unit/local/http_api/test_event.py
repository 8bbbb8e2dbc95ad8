"""The event of a request is that of payload format 2.0, at any stage and mapping."""

from __future__ import annotations

from typing import Any

import pytest

from local.http_api.event import Address, function_event
from local.http_api.request import ApiRequest
from local.http_api.routes import Route
from tests.support.batches.template import event as sample_event

ADDRESS = Address("a1b2c3d4e5", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")
ROUTE = Route("ANY /sia2/{proxy+}", "search")


def made(
    target: str, *headers: tuple[str, str], method: str = "GET", body: bytes = b"", peer: str = "192.0.2.17"
) -> dict[str, Any]:
    request = ApiRequest(method, target, headers, body, peer)
    return function_event(request, request.path, ROUTE, {"proxy": "query"}, ADDRESS)


def test_an_event_has_the_fields_of_one_of_aws() -> None:
    sample = sample_event("search-get-sia2")
    event = made(
        f"{sample['rawPath']}?{sample['rawQueryString']}",
        ("Accept", "*/*"),
        ("Host", sample["headers"]["host"]),
        ("User-Agent", "curl/8.5.0"),
    )
    varying = ("accountId", "requestId", "time", "timeEpoch")
    for context in (event["requestContext"], sample["requestContext"]):
        assert {name for name in varying if name in context} == set(varying)
        for name in varying:
            del context[name]
    headers, theirs = event.pop("headers"), sample.pop("headers")
    assert event == sample
    assert {name: headers[name] for name in theirs if "forwarded" not in name} == {
        name: value for name, value in theirs.items() if "forwarded" not in name
    }


def test_what_is_empty_is_left_out() -> None:
    assert not {"body", "cookies", "queryStringParameters"} & made("/sia2/query").keys()


def test_parameters_of_one_name_are_joined_and_cookies_are_apart() -> None:
    event = made("/sia2/query?BAND=1&BAND=%32&x=", ("Cookie", "a=1; b=2"), ("cookie", "c=3"))
    assert event["queryStringParameters"] == {"BAND": "1,2", "x": ""}
    assert event["rawQueryString"] == "BAND=1&BAND=%32&x="
    assert "cookie" not in event["headers"]
    assert event["cookies"][0] == "a=1"


@pytest.mark.parametrize(
    ("media_type", "body", "text", "is_base64"),
    [
        ("application/json; charset=utf-8", "{é}".encode(), "{é}", False),
        ("text/csv", b"ra,dec", "ra,dec", False),
        ("text/csv", b"\xff", "/w==", True),
        ("multipart/form-data; boundary=x", b"--x", "LS14", True),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
    ],
)
def test_bodies_are_text_or_base64(media_type: str, body: bytes, text: str, is_base64: bool) -> None:
    event = made("/", ("Content-Type", media_type), method="POST", body=body)
    assert (event["body"], event["isBase64Encoded"]) == (text, is_base64)


def test_the_source_is_the_peer_and_the_callers_stand_before_it() -> None:
    event = made("/", ("X-Forwarded-For", "198.51.100.7, 203.0.113.9"), peer="192.0.2.80")
    assert event["requestContext"]["http"]["sourceIp"] == "192.0.2.80"
    assert event["headers"]["x-forwarded-for"] == "198.51.100.7, 203.0.113.9, 192.0.2.80"
    assert made("/")["headers"]["x-forwarded-for"] == "192.0.2.17"


@pytest.mark.parametrize(
    ("address", "path", "routed"),
    [
        (Address("a", "d"), "/x/y", ("/x/y", "/x/y")),
        (Address("a", "d", stage="dev"), "/dev/x", ("/x", "/dev/x")),
        (Address("a", "d", stage="dev"), "/dev", ("/", "/dev")),
        (Address("a", "d", stage="dev"), "/developer/x", None),
        (Address("a", "d", mapping="sky/v1"), "/sky/v1/x", ("/x", "/x")),
        (Address("a", "d", mapping="sky", keeps_mapping=True), "/sky/x", ("/x", "/sky/x")),
        (Address("a", "d", mapping="sky", stage="dev"), "/sky/x", ("/x", "/x")),
        (Address("a", "d", mapping="sky"), "/x", None),
    ],
)
def test_stages_and_mappings_begin_paths(address: Address, path: str, routed: tuple[str, str] | None) -> None:
    assert address.routed(path) == routed
