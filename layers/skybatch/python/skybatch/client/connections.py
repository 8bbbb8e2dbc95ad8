"""HTTP connections of the client: pooled, through the proxies of the environment, closable from any thread.

urllib3 hands over what the socket gives without parsing it again: a transfer of a gigabyte takes a quarter
of the processor time that other HTTP libraries need.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from urllib3.exceptions import DecodeError, HTTPError, LocationValueError, MaxRetryError, ResponseError

MAX_CONNECTIONS = 32
MAX_REDIRECTS = 5
# An upload of 4 MB over a slow line, and the 30 s that the server may take to respond.
TIMEOUT = urllib3.Timeout(connect=15.0, read=60.0)
# The caller knows better what may be repeated, so urllib3 repeats nothing.
NO_RETRIES = urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=MAX_REDIRECTS)

Response = urllib3.BaseHTTPResponse
ConnectionLost = HTTPError


class Connections:
    """Connections to any server. Safe to use from several threads."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)
        self._managers: dict[str, urllib3.PoolManager] = {}
        self._open_responses: set[Response] = set()
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        follow_redirects: bool,
    ) -> Response:
        """Make one request and read its response to the end.

        Raises
        ------
        ConnectionLost
            No complete response came.
        """
        return self._manager(url).request(
            method,
            url,
            body=body,
            headers=self._headers | dict(headers),
            redirect=follow_redirects,
            retries=NO_RETRIES,
        )

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str]) -> Iterator[Response]:
        """Make a GET request whose response the caller reads.

        The connection is kept for the next request if the response was read to its end.
        """
        response = self._manager(url).request(
            "GET",
            url,
            headers=self._headers | dict(headers),
            redirect=True,
            retries=NO_RETRIES,
            preload_content=False,
        )
        self._open_responses.add(response)
        try:
            yield response
        finally:
            self._open_responses.discard(response)
            if response.length_remaining == 0:
                response.drain_conn()
                response.release_conn()
            else:
                response.close()

    def close(self) -> None:
        """Close all connections; threads that read from one get ConnectionLost."""
        for response in list(self._open_responses):
            with suppress(OSError, RuntimeError, ValueError):  # it ended by itself
                response.shutdown()
        with self._lock:
            for manager in self._managers.values():
                manager.clear()

    def _manager(self, url: str) -> urllib3.PoolManager:
        """Return the connection pools of the proxy that serves this URL, or of none."""
        proxy = proxy_for(url)
        with self._lock:
            if proxy not in self._managers:
                self._managers[proxy] = _make_manager(proxy)
            return self._managers[proxy]


def proxy_for(url: str) -> str:
    """Return the proxy that the environment sets for a URL (``HTTPS_PROXY``, ``NO_PROXY``), or ""."""
    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    return "" if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]) else proxy


def _make_manager(proxy: str) -> urllib3.PoolManager:
    certificates = os.environ.get("SSL_CERT_FILE") or certifi.where()
    if not proxy:
        return urllib3.PoolManager(maxsize=MAX_CONNECTIONS, timeout=TIMEOUT, ca_certs=certificates)
    parts = urlsplit(proxy)
    credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    return urllib3.ProxyManager(
        proxy,
        maxsize=MAX_CONNECTIONS,
        timeout=TIMEOUT,
        ca_certs=certificates,
        proxy_headers=urllib3.make_headers(proxy_basic_auth=credentials),
    )


def is_retryable(lost: ConnectionLost) -> bool:
    """Whether the same request can succeed later."""
    rejected = isinstance(lost, MaxRetryError) and isinstance(lost.reason, ResponseError)
    return not rejected and not isinstance(lost, DecodeError | LocationValueError)


def root_cause(error: BaseException) -> str:
    """Return the message of the exception that an error was first raised from."""
    nested = [argument for argument in error.args if isinstance(argument, BaseException)]
    if inner := error.__cause__ or error.__context__ or next(iter(nested), None):
        return root_cause(inner)
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
