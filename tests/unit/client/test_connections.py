"""Connections: reused, closable from another thread, and through the proxies of the environment."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator

import pytest

from skybatch.client.connections import ConnectionLost, Connections, proxy_for, root_cause
from tests.support.servers.fake_server import FakeServer, Handler
from tests.support.servers.fake_server_faults import always, cut_after, reset, respond, times
from tests.support.servers.made_batches import BATCH_ID

SIGNED = f"/signed/{BATCH_ID}/files/manifest.json"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxies_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def connections() -> Iterator[Connections]:
    made = Connections({"User-Agent": "a test"})
    yield made
    made.close()


def peers(server: FakeServer) -> list[tuple[str, int]]:
    """The other end of the connection of each request from now on."""
    seen: list[tuple[str, int]] = []

    def noted(handler: Handler) -> bool:
        seen.append(handler.client_address)
        return False

    server.faults = [noted, *server.faults]
    return seen


def read(connections: Connections, url: str) -> bytes:
    with connections.stream(url, {}) as answer:
        return b"".join(iter(lambda: answer.read1(100, decode_content=False), b""))


def test_a_response_read_to_its_end_leaves_its_connection_for_the_next(
    server: FakeServer, connections: Connections
) -> None:
    seen = peers(server)
    for _ in range(3):
        assert read(connections, server.url + SIGNED)
    connections.request("GET", f"{server.url}/batches/{BATCH_ID}", None, {}, follow_redirects=False)
    assert len(seen) == 4
    assert len(set(seen)) == 1


def test_a_response_left_unread_does_not(server: FakeServer, connections: Connections) -> None:
    seen = peers(server)
    for _ in range(2):
        with connections.stream(server.url + SIGNED, {}) as answer:
            assert answer.read1(10, decode_content=False)
    assert len(set(seen)) == 2


def test_redirects_are_followed_on_request(server: FakeServer, connections: Connections) -> None:
    url = f"{server.url}/batches/{BATCH_ID}/files/manifest.json"
    assert connections.request("GET", url, None, {}, follow_redirects=False).status == 302
    assert connections.request("GET", url, None, {}, follow_redirects=True).data.startswith(b'{"images"')
    assert {seen.headers["user-agent"] for seen in server.seen} == {"a test"}


def test_closing_ends_a_read_in_another_thread(server: FakeServer, connections: Connections) -> None:
    hanging, over = threading.Event(), threading.Event()

    def hang(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        hanging.set()
        over.wait(30)
        handler.close_connection = True

    server.faults = [times(1, "/signed/", hang)]
    ended: list[BaseException | bytes] = []

    def wait_for_bytes() -> None:
        try:
            ended.append(read(connections, server.url + SIGNED))
        except ConnectionLost as lost:
            ended.append(lost)

    reader = threading.Thread(target=wait_for_bytes)
    reader.start()
    assert hanging.wait(10)
    time.sleep(0.1)  # from its request into the read
    connections.close()
    reader.join(10)
    over.set()
    assert not reader.is_alive()
    assert isinstance(ended[0], ConnectionLost)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "https://sky.example/batches", ""),
        ({"https_proxy": "http://proxy:3128"}, "https://sky.example/batches", "http://proxy:3128"),
        ({"https_proxy": "http://proxy:3128"}, "http://sky.example/batches", ""),
        ({"all_proxy": "http://proxy:3128"}, "http://sky.example/batches", "http://proxy:3128"),
        ({"http_proxy": "http://proxy:1", "no_proxy": "127.0.0.1,.example"}, "http://sky.example/", ""),
        ({"http_proxy": "http://proxy:1", "no_proxy": "127.0.0.1"}, "http://127.0.0.1:8080/", ""),
        ({"http_proxy": "http://proxy:1", "no_proxy": "127.0.0.1"}, "http://sky.org/", "http://proxy:1"),
    ],
)
def test_the_environment_sets_the_proxy(
    environment: dict[str, str], url: str, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


def test_a_proxy_gets_the_whole_url_and_its_own_credentials(
    server: FakeServer, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = server.url.removeprefix("http://")
    monkeypatch.setenv("http_proxy", f"http://me:a%2Fb@{host}")
    url = f"http://sky.example{SIGNED}"
    server.faults = [always(respond(200, b"through the proxy"))]
    assert connections.request("GET", url, None, {}, follow_redirects=True).data == b"through the proxy"
    (seen,) = server.seen
    assert seen.path == url
    assert seen.headers["proxy-authorization"] == "Basic " + base64.b64encode(b"me:a/b").decode()


def test_the_root_cause_of_a_lost_connection_is_found(server: FakeServer, connections: Connections) -> None:
    told = []
    server.faults = [times(1, "/none", reset), times(1, "/signed/", cut_after(5))]
    for url in ("http://127.0.0.1:1/", f"{server.url}/none", server.url + SIGNED):
        with pytest.raises(ConnectionLost) as lost:
            read(connections, url)
        told.append(root_cause(lost.value))
    assert told[:2] == ["Connection refused", "Remote end closed connection without response"]
    assert "5 bytes read" in told[2]
