"""Requests to one server: how often they are repeated, after which delay, and what their errors are."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from skybatch import errors
from skybatch.client import RetryPolicy, UnexpectedResponse, Unreachable
from skybatch.client.transport import Transport
from skybatch.version import VERSION
from tests.support.servers.fake_server import FakeServer
from tests.support.servers.fake_server_faults import always, refuse, reset, respond, times
from tests.support.servers.made_batches import BATCH_ID
from tests.unit.client.conftest import QUICK

PATH = f"/batches/{BATCH_ID}"


@pytest.fixture
def transport(server: FakeServer) -> Iterator[Transport]:
    transport = Transport(server.url + "/", QUICK)
    yield transport
    transport.close()


def test_a_request_returns_the_json_object_of_its_response(server: FakeServer, transport: Transport) -> None:
    assert transport.request_json("GET", PATH)["batch_id"] == BATCH_ID
    assert server.seen[0].headers["user-agent"] == f"skybatch/{VERSION}"
    assert server.seen[0].headers["accept"] == "application/json"


@pytest.mark.parametrize("address", ["sky.example.org", "ftp://sky.example.org", "http://", ""])
def test_an_address_that_is_no_http_url_is_invalid(address: str) -> None:
    with pytest.raises(errors.InvalidRequest) as raised:
        Transport(address)
    assert raised.value.errors[0].column == "server"


def test_attempts_end(server: FakeServer, transport: Transport) -> None:
    server.faults = [always(refuse(503))]
    with pytest.raises(errors.Transient, match="told to fail"):
        transport.request_json("GET", PATH)
    assert len(server.seen) == QUICK.max_attempts


def test_a_server_without_a_response_is_unreachable(server: FakeServer, transport: Transport) -> None:
    server.faults = [always(reset)]
    with pytest.raises(Unreachable) as raised:
        transport.request_json("GET", PATH)
    assert raised.value.retryable
    assert len(server.seen) == QUICK.max_attempts


def test_a_delay_is_at_least_retry_after(
    server: FakeServer, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays: list[float] = []
    monkeypatch.setattr(transport, "sleep", delays.append)
    server.faults = [times(1, "/batches", refuse(429, "too_many", Retry_After="1"))]
    transport.request_json("GET", PATH)
    assert len(delays) == 1
    assert delays[0] >= 1.0


def test_a_retry_after_beyond_the_policy_ends_the_attempts(server: FakeServer, transport: Transport) -> None:
    server.faults = [times(1, "/batches", refuse(429, "too_many", Retry_After="3600"))]
    with pytest.raises(errors.TooMany):
        transport.request_json("GET", PATH)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "malformed", errors.MalformedRequest),
        (404, "not_found", errors.NotFound),
        (409, "conflict", errors.Conflict),
        (410, "expired", errors.Expired),
        (413, "too_large", errors.TooLarge),
        (415, "unsupported_media", errors.UnsupportedMedia),
        (403, "unknown", UnexpectedResponse),
    ],
)
def test_a_problem_is_raised_as_its_class_and_not_repeated(
    server: FakeServer, transport: Transport, status: int, code: str, kind: type[errors.SkybatchError]
) -> None:
    server.faults = [always(refuse(status, code))]
    with pytest.raises(kind):
        transport.request_json("GET", PATH)
    assert len(server.seen) == 1


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b"", b"3"])
def test_a_response_that_is_no_json_object_is_unexpected(
    server: FakeServer, transport: Transport, body: bytes
) -> None:
    server.faults = [always(respond(200, body))]
    with pytest.raises(UnexpectedResponse):
        transport.request_json("GET", PATH)


def test_the_error_of_a_gateway_is_transient(server: FakeServer, transport: Transport) -> None:
    server.faults = [always(respond(503, b'{"message":"Service Unavailable"}'))]
    with pytest.raises(errors.Transient, match="Service Unavailable"):
        transport.request_json("GET", PATH)


def test_a_redirect_resolves_to_its_target(server: FakeServer, transport: Transport) -> None:
    path = f"{PATH}/files/manifest.json"
    assert transport.resolve(path) == f"{server.url}/signed/{BATCH_ID}/files/manifest.json"
    assert transport.resolve(PATH) == server.url + PATH


def test_a_range_is_requested_unencoded(server: FakeServer, transport: Transport) -> None:
    with transport.open_range(f"{server.url}/signed/{BATCH_ID}/files/manifest.json", 2, 8) as response:
        assert (response.status, response.read()) == (206, b"images")
    assert server.seen[0].headers["range"] == "bytes=2-7"
    assert server.seen[0].headers["accept-encoding"] == "identity"


def test_closing_ends_a_pause_and_further_attempts(server: FakeServer) -> None:
    transport = Transport(server.url, RetryPolicy(max_attempts=99, max_retry_after=9999))
    server.faults = [always(refuse(429, "too_many", Retry_After="999"))]
    raised: list[BaseException] = []

    def request() -> None:
        try:
            transport.request_json("GET", PATH)
        except errors.TooMany as error:
            raised.append(error)

    thread = threading.Thread(target=request)
    thread.start()
    while not server.seen:
        pass
    transport.close()
    thread.join(30)
    assert not thread.is_alive()
    assert len(raised) == 1
