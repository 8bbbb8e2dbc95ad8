"""The public address hands requests and answers through as they are."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from local.gateway import MAX_BODY_BYTES, Gateway, serve_gateway
from local.server_thread import running

SEEN: list[tuple[str, str, dict[str, str], bytes]] = []
CLIENTS: list[tuple[str, int]] = []


class Echo(BaseHTTPRequestHandler):
    """Stands for the emulated API: records the request, answers binary."""

    protocol_version = "HTTP/1.1"

    def _echo(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        CLIENTS.append(self.client_address)
        SEEN.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        redirect = "/redirect" in self.path
        self.send_response(302 if redirect else 200)
        if redirect:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Type", "application/fits")
        self.send_header("Content-Length", "4" if self.command == "HEAD" else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = _echo  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with running(ThreadingHTTPServer(("127.0.0.1", 0), Echo)) as url:
        yield f"{url}/_aws/execute-api/abc/$default"


@pytest.fixture
def server(api: str) -> Iterator[Gateway]:
    with serve_gateway() as running:
        running.target = api
        yield running


def test_binary_bodies_arrive_and_come_back_unchanged(server: Gateway) -> None:
    body = bytes(range(256)) * 5000
    answer = httpx.post(f"{server.url}/batches?a=1", content=body, headers={"Idempotency-Key": "k1"})
    method, path, headers, seen = SEEN[-1]
    assert (method, path, seen) == ("POST", "/_aws/execute-api/abc/$default/batches?a=1", body)
    assert headers["idempotency-key"] == "k1"
    assert answer.content == body


def test_a_body_of_unknown_length_arrives_whole_and_the_connection_goes_on(server: Gateway) -> None:
    pieces = [b"a" * 10, b"b" * 100_000, b""]
    with httpx.Client() as client:
        for sent in (pieces, []):
            answer = client.post(server.url, content=iter(sent))
            assert (answer.status_code, SEEN[-1][3]) == (200, b"".join(sent))
            assert "transfer-encoding" not in SEEN[-1][2]


@pytest.mark.parametrize(
    ("chunks", "status"),
    [
        (b"many\r\n", 400),
        (b"-5\r\n", 400),
        (b"\r\n", 400),
        (b"0x5\r\n", 400),
        (b"%x\r\n" % (MAX_BODY_BYTES + 1), 413),
    ],
)
def test_chunks_that_cannot_be_taken_are_refused_here(server: Gateway, chunks: bytes, status: int) -> None:
    before = len(SEEN)
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10) as plug:
        plug.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        assert plug.recv(1000).startswith(b"HTTP/1.1 %d " % status)
    assert len(SEEN) == before


@pytest.mark.parametrize(
    "length", ["many", "-5", "1e3", "0x10", "٣", "5, 6", "9" * 30, "1\r\nContent-Length: 2"]
)
def test_a_length_that_is_no_number_is_refused_here(
    server: Gateway, capsys: pytest.CaptureFixture[str], length: str
) -> None:
    before = len(SEEN)
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10) as plug:
        plug.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\nbody".encode())
        assert plug.recv(1000).startswith(b"HTTP/1.1 400 ")
    assert len(SEEN) == before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "sent",
    [
        b"Content-Length: 10\r\n\r\nshort",
        b"Transfer-Encoding: chunked\r\n\r\na\r\nshort",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nlonger\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
)
def test_a_body_that_breaks_off_does_not_go_on(server: Gateway, sent: bytes) -> None:
    before = len(SEEN)
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10) as plug:
        plug.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + sent)
        plug.shutdown(socket.SHUT_WR)
        assert plug.recv(1000).startswith(b"HTTP/1.1 400 ")
    assert len(SEEN) == before


def test_a_length_given_twice_is_one(server: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10) as plug:
        plug.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody")
        assert plug.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert SEEN[-1][3] == b"body"


def test_escapes_in_a_path_stay_as_they_are(server: Gateway) -> None:
    httpx.get(f"{server.url}/batches/x/files/%2E%2E%2Fsecret%20name?where=a%3D%27j%27+b")
    assert SEEN[-1][1].endswith("/batches/x/files/%2E%2E%2Fsecret%20name?where=a%3D%27j%27+b")


def test_head_tells_the_length_without_a_body(server: Gateway) -> None:
    answer = httpx.head(f"{server.url}/ibe/data/x.fits.gz")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "4", b"")


def test_redirects_are_the_clients_to_follow(server: Gateway) -> None:
    answer = httpx.get(f"{server.url}/redirect", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "http://127.0.0.1:1/elsewhere")


def test_a_connection_serves_many_requests(server: Gateway) -> None:
    with httpx.Client() as client:
        assert [client.post(server.url, content=b"%d" % n).content for n in range(3)] == [b"0", b"1", b"2"]


def test_one_connection_here_is_one_connection_there(server: Gateway) -> None:
    with httpx.Client() as client:
        for _ in range(3):
            client.get(server.url)
    assert len(set(CLIENTS[-3:])) == 1
    httpx.get(server.url)
    assert CLIENTS[-1] != CLIENTS[-2]


def test_too_large_a_body_is_refused_here(server: Gateway) -> None:
    before = len(SEEN)
    assert httpx.post(server.url, content=bytes(MAX_BODY_BYTES + 1)).status_code == 413
    assert len(SEEN) == before


def test_without_a_stack_it_says_so() -> None:
    with serve_gateway() as server:
        assert httpx.get(server.url).status_code == 503
        server.target = "http://127.0.0.1:1"
        assert httpx.get(server.url).status_code == 502


def test_it_listens_on_the_loopback_interface_alone(server: Gateway) -> None:
    assert server.server_address[0] == "127.0.0.1"
