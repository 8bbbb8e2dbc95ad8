"""Requests to one server: repeated where that can help, error responses raised as exceptions."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from skybatch.client.connections import ConnectionLost, Connections, Response, is_retryable, root_cause
from skybatch.client.exceptions import UnexpectedResponse, Unreachable, from_response
from skybatch.client.machine.access_token import AccessToken
from skybatch.client.progress import NoProgress, ProgressListener
from skybatch.client.retry import RETRYABLE, RetryPolicy, parse_retry_after
from skybatch.errors import CellError, InvalidRequest, SkybatchError
from skybatch.version import VERSION

UNAUTHORIZED = 401
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Transport:
    """HTTP to one server. Safe to use from several threads.

    Parameters
    ----------
    server
        The server's root URL.
    retry
        How often a request is repeated, and after which delays.
    progress
        Receives an event for each repetition.
    token
        Sent to the server, and to no other that it redirects to.

    Raises
    ------
    InvalidRequest
        ``server`` is no HTTP URL.
    """

    def __init__(
        self,
        server: str,
        retry: RetryPolicy | None = None,
        progress: ProgressListener | None = None,
        token: AccessToken | None = None,
    ) -> None:
        if urlsplit(server).scheme not in ("http", "https") or not urlsplit(server).netloc:
            cell = CellError("server", server, "must be an address that begins with http:// or https://")
            raise InvalidRequest(cell.sentence(), errors=[cell])
        self.server = server.rstrip("/")
        self.retry_policy = retry or RetryPolicy()
        self.closed = threading.Event()
        self._progress = progress or NoProgress()
        self._token = token or AccessToken()
        self._connections = Connections({"User-Agent": f"skybatch/{VERSION}"})

    def close(self) -> None:
        """Close all connections and end transfers and pauses."""
        self.closed.set()
        self._connections.close()

    def request_json(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Make a request and return the JSON object of its response; raises as `request_bytes` does.

        Raises
        ------
        UnexpectedResponse
            The response is no JSON object.
        """
        data = self.request_bytes(method, path, body, {"Accept": "application/json", **(headers or {})})
        try:
            value = json.loads(data)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise UnexpectedResponse(f"{self.server}{path} returned no JSON object; is it a skybatch server?")
        return value

    def request_bytes(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Make a request and return the body of its response.

        Every request of the API may be repeated: submissions carry an idempotency key.

        Raises
        ------
        SkybatchError
            The server's own error.
        Unreachable
            No response after the last attempt.
        """
        return self._request(method, self.server + path, body, headers or {}, follow_redirects=True).data

    def resolve(self, path: str) -> str:
        """Return the URL that holds the bytes of ``path``: a presigned URL, or the path's own."""
        url = self.server + path
        response = self._request("GET", url, None, {"Range": "bytes=0-0"}, follow_redirects=False)
        return str(response.headers["Location"]) if response.status in REDIRECTS else url

    def open_range(self, url: str, start: int, stop: int) -> AbstractContextManager[Response]:
        """Request the bytes ``start`` to before ``stop`` of a URL, once; the caller reads the response."""
        headers = {"Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity"}
        return self._connections.stream(url, headers)

    def wait_before_retry(
        self, failure: SkybatchError, attempt: int, retry_after: float | None = None
    ) -> None:
        """Pause before the next attempt.

        Parameters
        ----------
        failure
            Why the last attempt failed; raised where no other attempt is allowed.
        attempt
            The number of attempts since anything was last received.
        retry_after
            The server's Retry-After, s.
        """
        if self.closed.is_set() or self.retry_policy.is_exhausted(attempt, retry_after):
            raise failure
        delay = self.retry_policy.delay(max(1, attempt), retry_after)
        self._progress.on_retry(failure, delay)
        self.sleep(delay)

    def sleep(self, seconds: float) -> None:
        """Wait, at most until the transport is closed."""
        self.closed.wait(seconds)

    def _request(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        follow_redirects: bool,
    ) -> Response:
        attempt, token = 0, self._token.headers(self.server)
        while True:
            attempt += 1
            retry_after: float | None = None
            try:
                response = self._connections.request(
                    method, url, body, {**headers, **token}, follow_redirects=follow_redirects
                )
            except ConnectionLost as lost:
                failure: SkybatchError = Unreachable(f"{self.server} does not respond: {root_cause(lost)}.")
                if not is_retryable(lost):
                    raise failure from lost
            else:
                if response.status < 400:
                    return response
                challenge = response.headers.get("WWW-Authenticate", "")
                failure = from_response(response.status, response.data, challenge)
                if response.status == UNAUTHORIZED and attempt == 1 and self._token.renewed(token):
                    token = self._token.headers(self.server)
                    continue
                if response.status not in RETRYABLE:
                    raise failure
                retry_after = parse_retry_after(response.headers.get("Retry-After"))
            self.wait_before_retry(failure, attempt, retry_after)
