"""Connections of the client: kept open, through the proxies that the environment names, closed from outside.

urllib3 hands over what the socket gives as it is; a gigabyte costs it a quarter of the processor time of
libraries that parse every piece.
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

MOST = 32
REDIRECTS = 5
# An upload of 4 MB over a slow line, and the 30 s that the server may take to answer.
TIMEOUT = urllib3.Timeout(connect=15.0, read=60.0)
# Nothing is tried again here: who asks knows better what may be.
ONCE = urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=REDIRECTS)

Answer = urllib3.BaseHTTPResponse
LostConnection = HTTPError


class Connections:
    """Connections to any server. Safe to use from several threads."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)
        self._managers: dict[str, urllib3.PoolManager] = {}
        self._reading: set[Answer] = set()
        self._lock = threading.Lock()

    def ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, follow: bool
    ) -> Answer:
        """One answer, read whole; redirects are followed only where that is wished. Raises LostConnection."""
        manager, told = self._manager(url), self._headers | dict(headers)
        return manager.request(method, url, body=body, headers=told, redirect=follow, retries=ONCE)

    @contextmanager
    def reading(self, url: str, headers: Mapping[str, str]) -> Iterator[Answer]:
        """An answer yet to be read; its connection is kept if it was read to its end."""
        manager, told = self._manager(url), self._headers | dict(headers)
        answer = manager.request("GET", url, headers=told, redirect=True, retries=ONCE, preload_content=False)
        self._reading.add(answer)
        try:
            yield answer
        finally:
            self._reading.discard(answer)
            if answer.length_remaining == 0:
                answer.drain_conn()
                answer.release_conn()
            else:
                answer.close()

    def close(self) -> None:
        """Close all connections; who reads from one meets its end."""
        for answer in list(self._reading):
            with suppress(OSError, RuntimeError, ValueError):  # it is over by itself
                answer.shutdown()
        with self._lock:
            for manager in self._managers.values():
                manager.clear()

    def _manager(self, url: str) -> urllib3.PoolManager:
        """The pools behind the proxy of this URL, or behind none."""
        proxy = proxy_of(url)
        with self._lock:
            if proxy not in self._managers:
                self._managers[proxy] = _made(proxy)
            return self._managers[proxy]


def proxy_of(url: str) -> str:
    """The proxy that the environment names for a URL (``HTTPS_PROXY``, ``NO_PROXY``), empty for none."""
    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    return "" if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]) else proxy


def _made(proxy: str) -> urllib3.PoolManager:
    trusted = os.environ.get("SSL_CERT_FILE") or certifi.where()
    if not proxy:
        return urllib3.PoolManager(maxsize=MOST, timeout=TIMEOUT, ca_certs=trusted)
    named = urlsplit(proxy)
    secret = f"{unquote(named.username or '')}:{unquote(named.password or '')}" if named.username else None
    headers = urllib3.make_headers(proxy_basic_auth=secret)
    return urllib3.ProxyManager(proxy, maxsize=MOST, timeout=TIMEOUT, ca_certs=trusted, proxy_headers=headers)


def may_pass(lost: LostConnection) -> bool:
    """Whether asking once more can help."""
    turned_away = isinstance(lost, MaxRetryError) and isinstance(lost.reason, ResponseError)
    return not turned_away and not isinstance(lost, DecodeError | LocationValueError)


def reason(lost: BaseException) -> str:
    """What went wrong with a connection, in the words of whoever met it first."""
    told = [each for each in lost.args if isinstance(each, BaseException)]
    if inner := lost.__cause__ or lost.__context__ or next(iter(told), None):
        return reason(inner)
    return str(getattr(lost, "strerror", None) or lost) or type(lost).__name__
