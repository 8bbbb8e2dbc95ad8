"""The API's own CORS headers, whatever the function says."""

from __future__ import annotations

import pytest

from local.http_api.cors import Cors
from local.http_api.request import ApiRequest
from local.http_api.response import ApiResponse
from tests.support.batches.template import RESOURCES

CONFIGURATION = RESOURCES["HttpApi"]["Properties"]["CorsConfiguration"]
ORIGIN = ("Origin", "https://elsewhere.example")
PREFLIGHT = (ORIGIN, ("Access-Control-Request-Method", "PUT"))
OWN = ApiResponse(204, [("Access-Control-Allow-Origin", "https://mine.example"), ("ETag", "x")])


def headers(method: str, *sent: tuple[str, str]) -> dict[str, str]:
    cors = Cors.from_configuration(CONFIGURATION)
    assert cors is not None
    return dict(cors.applied(ApiRequest(method, "/", sent, b"", ""), OWN).headers)


def test_a_request_of_another_origin_may_read_the_answer() -> None:
    exposed = ",".join(CONFIGURATION["ExposeHeaders"])
    assert headers("GET", ORIGIN) == {
        "ETag": "x",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": exposed,
    }


def test_a_preflight_is_told_methods_headers_and_age() -> None:
    told = headers("OPTIONS", *PREFLIGHT)
    assert told["Access-Control-Allow-Methods"] == told["Access-Control-Allow-Headers"] == "*"
    assert told["Access-Control-Max-Age"] == str(CONFIGURATION["MaxAge"])


def test_a_request_without_origin_gets_none() -> None:
    assert headers("GET") == headers("OPTIONS") == {"ETag": "x"}


def test_a_configuration_may_be_absent_and_must_be_one_that_is_imitated() -> None:
    assert Cors.from_configuration({}) is None
    with pytest.raises(ValueError, match="AllowOrigins"):
        Cors.from_configuration({"AllowOrigins": ["https://mine.example"]})
