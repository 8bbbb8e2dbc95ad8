"""Hostile HTTP requests from a seed: random bytes in path, query, headers and body, and damaged examples.

Nothing here knows what a parameter or a body means; routes and examples are bytes to be spoilt.
"""

from __future__ import annotations

import base64
import gzip
import random
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote_from_bytes

from skybatch.api.routing import Route
from tests.support.servers.http import http_event

Example = tuple[str, str, bytes, dict[str, str]]  # method, URL, body, headers

HEADERS = ("accept", "content-type", "accept-encoding", "if-none-match", "idempotency-key", "origin", "range")
MEDIA_TYPES = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=boundary",
    "multipart/form-data; boundary=", "text/html", "*/*", "",
)  # fmt: skip
PIECES = (
    b"\x00", b"%00", b"//", b"..", b"%2f", b"..%2f", b"%", b"%ff", b"\xff", b"\xed\xa0\x80", b"\\ud800", b"&",
    b"=", b";", b"'", b'"', b"<", b"{", b"[", b"[" * 2000, b"\r\n", b"--boundary", b"NaN", b"Infinity", b"-1",
    b"1e999", b"9" * 400, b"\xd9\xa1", b"\xe2\x80\xae", b" ", b"", b"\t", b"+", b"#", b"?", b"$", b"(", b")",
    b",", b"|",
)  # fmt: skip
BATCH_ID = "0123456789abcdef" * 2
_PARAMETER = re.compile(r"<\w+>")


class RandomRequests:
    """Makes events of API Gateway, the same for the same seed.

    Parameters
    ----------
    routes
        The routes that paths are made of.
    examples
        Requests that are answered, to be damaged.
    """

    def __init__(self, seed: int, routes: Sequence[Route], examples: Sequence[Example]) -> None:
        self._rng = random.Random(seed)
        self._routes, self._examples = routes, examples

    def event(self) -> dict[str, Any]:
        """Return the next request."""
        method, url, body, headers = self._damaged() if self._rng.random() < 0.6 else self._strange()
        event = http_event(method, url, body, headers)
        if self._rng.random() < 0.2:  # API Gateway sends what it takes for text as it is
            event |= {"body": body.decode("utf-8", "replace"), "isBase64Encoded": False}
        if self._rng.random() < 0.02:
            event["body"] = None
        return event

    def _strange(self) -> Example:
        """A route with random texts for its parameters, and random bytes for all else."""
        rng, route = self._rng, self._rng.choice(self._routes)
        path = re.sub(r"\(\?:|\)|\?|\.\+|\.\*", "", route.rule)
        path = _PARAMETER.sub(lambda _: rng.choice([BATCH_ID, self._text(8).replace("?", "")]), path)
        if rng.random() < 0.4:
            path += self._text(12).replace("?", "")
        names = [self._text(4), "x", "pos", "table"]
        query = "&".join(f"{rng.choice(names)}={self._text(20)}" for _ in range(rng.randint(0, 4)))
        method = rng.choice(route.methods) if rng.random() < 0.9 else rng.choice(["PUT", "HEAD", "OPTIONS"])
        return method, f"{path}?{query}", self._body(), self._headers()

    def _damaged(self) -> Example:
        """An example after a few accidents to its address, body and headers."""
        rng = self._rng
        method, url, body, headers = rng.choice(self._examples)
        path, mark, query = url.partition("?")
        if rng.random() < 0.2:
            path = "/" + self._spoilt(path.encode()).decode("utf-8", "replace").lstrip("/")
        if query and rng.random() < 0.8:
            query = self._spoilt(query.encode()).decode("utf-8", "replace")
        url = f"{path}{mark}{query}"
        if body and rng.random() < 0.8:
            body = self._spoilt(body)
        if rng.random() < 0.3:
            headers = headers | self._headers()
        return method, url, body, headers

    def _spoilt(self, data: bytes) -> bytes:
        rng = self._rng
        for _ in range(rng.randint(1, 4)):
            at, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
            end = min(end, at + 20)
            piece = rng.choice([rng.choice(PIECES), rng.randbytes(rng.randint(1, 6)), data[at:end] * 3, b""])
            data = data[:at] + piece + data[rng.choice([at, end]) :]
        return data

    def _bytes(self, most: int) -> bytes:
        rng = self._rng
        return b"".join(
            rng.choice([rng.choice(PIECES), rng.randbytes(rng.randint(1, 5)), rng.choice([b"a", b"1", b"."])])
            for _ in range(rng.randint(1, most))
        )[: 50 * most]

    def _text(self, most: int) -> str:
        data = self._bytes(most)
        return quote_from_bytes(data) if self._rng.random() < 0.4 else data.decode("utf-8", "replace")

    def _headers(self) -> dict[str, str]:
        rng = self._rng
        return {
            rng.choice(HEADERS): rng.choice([rng.choice(MEDIA_TYPES), self._text(6), "gzip, text/html"])
            for _ in range(rng.randint(0, 3))
        }

    def _body(self) -> bytes:
        data = self._bytes(40)
        return self._rng.choice(
            [b"", data, gzip.compress(data, mtime=0), base64.b64encode(data), b"{" + data]
        )
