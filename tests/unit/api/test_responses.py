"""Responses: their headers, and errors as their callers read them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response

from skybatch.api import responses
from skybatch.api.http_request import HttpRequest
from skybatch.api.table_responses import error_votable_response
from skybatch.errors import CellError, InvalidRequest, MalformedRequest, NotFound, SkybatchError, TooMany
from tests.support.servers.http import http_request

BROWSER = http_request("GET", "/", headers={"accept": "text/html"})
PROGRAM = http_request("GET", "/")


@pytest.mark.parametrize(
    "response",
    [
        responses.json_response({}),
        responses.redirect("https://x.example"),
        responses.preview_response(b"", "image/png"),
        responses.error_line_response(MalformedRequest("x")),
        responses.no_content_response(),
        responses.problem_response(NotFound("x")),
    ],
)
def test_any_site_may_read_a_response_of_the_declared_type(response: Response[Any]) -> None:
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_json_is_utf8_and_never_cached() -> None:
    response = responses.json_response({"label": "é"}, 202, location="https://x.example")
    assert json.loads(response.body or "") == {"label": "é"}
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Location"] == "https://x.example"
    assert "Location" not in responses.json_response({}).headers


def test_a_redirect_is_never_cached() -> None:
    response = responses.redirect("https://x.example", 303)
    assert (response.status_code, response.headers["Location"]) == (303, "https://x.example")
    assert response.headers["Cache-Control"] == "no-store"


def test_a_preview_is_kept_by_its_caller_alone() -> None:
    cache = responses.preview_response(b"", "image/png").headers["Cache-Control"]
    assert isinstance(cache, str)
    assert {"private", "immutable"} <= set(cache.split(", "))


def test_when_to_try_again_is_told_in_each_rendering() -> None:
    busy = TooMany("x", retry_after=77)
    renderings = [
        responses.problem_response(busy),
        responses.error_response(BROWSER, busy),
        responses.error_line_response(busy),
        error_votable_response(busy),
    ]
    assert {(each.status_code, each.headers["Retry-After"]) for each in renderings} == {(429, "77")}
    assert "Retry-After" not in responses.error_line_response(NotFound("x")).headers


def test_a_text_line_is_one_line() -> None:
    line = responses.error_line_response(MalformedRequest("a\n b\r\n\tc"), fault="UsageFault")
    assert (line.body, line.status_code) == ("UsageFault: a b c\n", 400)


def test_a_page_has_a_content_security_policy() -> None:
    response = responses.html_response("<p>", 404)
    assert (response.status_code, response.content_type) == (404, "text/html; charset=utf-8")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("error", [NotFound("x"), InvalidRequest("x", errors=[CellError("a", "b", "c")])])
def test_a_program_gets_problem_details(error: SkybatchError) -> None:
    response = responses.error_response(PROGRAM, error)
    assert (response.status_code, response.content_type) == (error.status, "application/problem+json")
    assert json.loads(response.body or "") == json.loads(json.dumps(error.problem()))


def test_a_browser_gets_a_page() -> None:
    response = responses.error_response(BROWSER, NotFound("x"))
    assert response.status_code == 404
    assert response.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("request_", [BROWSER, PROGRAM])
def test_only_an_error_that_may_pass_says_when_to_retry(request_: HttpRequest) -> None:
    busy = responses.error_response(request_, TooMany("x", retry_after=77))
    assert busy.headers["Retry-After"] == "77"
    assert "Retry-After" not in responses.error_response(request_, NotFound("x")).headers


def test_head_is_told_length_type_and_tag_without_a_body() -> None:
    response = responses.head_response(7, "image/fits", '"abc"')
    assert (response.status_code, response.body, response.content_type) == (200, "", "image/fits")
    assert {"Content-Length": "7", "ETag": '"abc"'}.items() <= response.headers.items()
    assert "ETag" not in responses.head_response(7, "image/fits", "").headers
