"""A request's parts as API Gateway reads them."""

from __future__ import annotations

from local.http_api.request import ApiRequest


def request(target: str, *headers: tuple[str, str]) -> ApiRequest:
    return ApiRequest("GET", target, headers, b"", "192.0.2.1")


def test_a_path_is_decoded_but_for_the_percent_sign() -> None:
    assert request("/a%2Fb%20c/%C3%A9?x=%20").path == "/a/b c/é"
    assert request("/a%252Fb%25").path == "/a%252Fb%25"
    assert request("/%FF%zz").path == "/\ufffd%zz"


def test_a_query_stays_as_it_was_sent() -> None:
    assert request("/a?b=%20&c=%2B+?").query == "b=%20&c=%2B+?"
    assert request("/a").query == ""


def test_headers_of_one_name_are_joined() -> None:
    sent = request("/", ("Accept", "a"), ("X-Other", "z"), ("accept", "b"))
    assert (sent.header("accept"), sent.header("cookie")) == ("a,b", "")


def test_the_head_is_the_request_line_and_the_values_of_headers() -> None:
    assert request("/ab", ("Long-Name", "12345")).head_bytes == len("GET /ab HTTP/1.1") + 5
