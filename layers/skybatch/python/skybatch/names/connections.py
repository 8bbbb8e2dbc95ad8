"""Connections to name services, whose responses end at a deadline however they arrive."""

from __future__ import annotations

import http.client
import io
import socket
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class _DeadlineReader(io.RawIOBase):
    """Bytes of a socket until a deadline (``time.monotonic()``), then TimeoutError.

    The time limit of a socket is one for each read: a byte now and then, or ``100 Continue`` without end,
    would hold a request for good.
    """

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._socket, self._end = sock, end
        self._source = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the response did not end in time")
        self._socket.settimeout(left)
        return self._source.readinto(buffer)

    def close(self) -> None:
        self._source.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    """A response whose headers and body together take at most ``seconds``."""

    def __init__(self, sock: socket.socket, *args: Any, seconds: float, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_DeadlineReader(sock, time.monotonic() + seconds))


def _bounded(seconds: float) -> Any:
    return partial(_BoundedResponse, seconds=seconds)


class _BoundedConnection(HTTPConnection):
    def getresponse(self) -> Any:
        if self.timeout:
            self.response_class = _bounded(self.timeout)
        return super().getresponse()


class _BoundedSecureConnection(HTTPSConnection):
    def getresponse(self) -> Any:
        if self.timeout:
            self.response_class = _bounded(self.timeout)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _BoundedSecureConnection


def make_pool(max_concurrent: int, services: int = 1) -> urllib3.PoolManager:
    """Return a pool of connections for so many requests at a time to so many services."""
    pool = urllib3.PoolManager(maxsize=max_concurrent, num_pools=services)
    pool.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return pool
