"""Requests to one server, made again where that can help; error answers raised as what they are."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

from skybatch.client.connections import Answer, Connections, LostConnection, may_pass, reason
from skybatch.client.exceptions import UnexpectedAnswer, Unreachable, from_answer
from skybatch.client.progress import Unwatched, Watch
from skybatch.client.retry import RETRYABLE, Backoff, retry_after
from skybatch.errors import CellError, InvalidRequest, SkybatchError
from skybatch.version import VERSION

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Transport:
    """One server at ``server`` (its root URL). Safe to use from several threads."""

    def __init__(self, server: str, backoff: Backoff | None = None, watch: Watch | None = None) -> None:
        if urlsplit(server).scheme not in ("http", "https") or not urlsplit(server).netloc:
            cell = CellError("server", server, "must be an address that begins with http:// or https://")
            raise InvalidRequest(cell.sentence(), errors=[cell])
        self.server = server.rstrip("/")
        self.backoff = backoff or Backoff()
        self.stopped = threading.Event()
        self._watch = watch or Unwatched()
        self._connections = Connections({"User-Agent": f"skybatch/{VERSION}"})

    def close(self) -> None:
        """Close all connections; waiting transfers end."""
        self.stopped.set()
        self._connections.close()

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The JSON object that the server answers; every call of this interface may be repeated.

        Raises the server's own error, or Unreachable after the last try.
        """
        wanted = {"Accept": "application/json", **(headers or {})}
        answer = self._ask(method, self.server + path, body, wanted, follow=True)
        try:
            told = json.loads(answer.data)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise UnexpectedAnswer(f"{self.server}{path} answered no JSON object; is it a skybatch server?")
        return told

    def location(self, path: str) -> str:
        """Where the server sends whoever gets ``path``: a signed URL, or the same address again."""
        url = self.server + path
        answer = self._ask("GET", url, None, {"Range": "bytes=0-0"}, follow=False)
        return str(answer.headers["Location"]) if answer.status in REDIRECTS else url

    def open(self, url: str, start: int, stop: int) -> AbstractContextManager[Answer]:
        """An answer to one try for the bytes ``start`` to before ``stop`` of a URL, yet to be read."""
        headers = {"Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity"}
        return self._connections.reading(url, headers)

    def give_way(self, failure: SkybatchError, attempt: int, told: float | None = None) -> None:
        """Pause before the next try; raises ``failure`` where another is not worth it.

        ``attempt`` counts the tries since something last came; ``told`` is the server's Retry-After, s.
        """
        if self.stopped.is_set() or self.backoff.hopeless(attempt, told):
            raise failure
        pause = self.backoff.pause(max(1, attempt), told)
        self._watch.retry(failure, pause)
        self.rest(pause)

    def rest(self, seconds: float) -> None:
        """Wait, unless the transport is closed meanwhile."""
        self.stopped.wait(seconds)

    def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, follow: bool
    ) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            told: float | None = None
            try:
                answer = self._connections.ask(method, url, body, headers, follow=follow)
            except LostConnection as lost:
                failure: SkybatchError = Unreachable(f"{self.server} does not answer: {reason(lost)}.")
                if not may_pass(lost):
                    raise failure from lost
            else:
                if answer.status < 400:
                    return answer
                failure = from_answer(answer.status, answer.data)
                if answer.status not in RETRYABLE:
                    raise failure
                told = retry_after(answer.headers.get("Retry-After"))
            self.give_way(failure, attempt, told)
