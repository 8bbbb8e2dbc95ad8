"""What functions return, and what callers receive of it."""

from __future__ import annotations

import json

import pytest

from local.http_api.response import FUNCTION_FAILED, proxy_response


def test_a_response_has_its_status_headers_cookies_and_bytes() -> None:
    returned = {
        "statusCode": 206,
        "headers": {"content-type": "application/fits", "X-Length": 3},
        "cookies": ["a=1", "b=2"],
        "body": "AAH/",
        "isBase64Encoded": True,
    }
    answer = proxy_response(json.dumps(returned).encode())
    assert (answer.status, answer.body) == (206, b"\0\1\xff")
    assert answer.headers == [
        ("content-type", "application/fits"),
        ("X-Length", "3"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ]


def test_json_without_a_status_is_the_body() -> None:
    answer = proxy_response(b'{"greeting": "servus"}')
    assert (answer.status, json.loads(answer.body)) == (200, {"greeting": "servus"})
    assert proxy_response(b"null").status == 200


@pytest.mark.parametrize(
    "returned",
    [
        b"no json",
        b'{"statusCode": "many"}',
        b'{"statusCode": 200, "body": {"a": 1}}',
        b'{"statusCode": 200, "body": "%", "isBase64Encoded": true}',
        b'{"statusCode": null}',
    ],
)
def test_what_can_be_no_answer_is_a_failure_of_the_function(returned: bytes) -> None:
    assert proxy_response(returned) == FUNCTION_FAILED
