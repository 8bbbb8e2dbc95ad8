"""A request to an HTTP API, and the bounds that API Gateway sets to one (its guide, "HTTP API quotas")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

MAX_HEAD_BYTES = 10_240  # of request line and header values together
MAX_BODY_BYTES = 10 * 1024 * 1024
_ESCAPES = re.compile(r"(?:%(?!25)[0-9A-Fa-f]{2})+")


@dataclass(frozen=True)
class ApiRequest:
    """A request as it came over the wire: ``target`` is the path with the query, nothing decoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer: str

    @property
    def path(self) -> str:
        """The path, decoded as ``rawPath`` is: every escape but ``%25``."""
        path = self.target.partition("?")[0]
        return _ESCAPES.sub(lambda run: unquote_to_bytes(run.group()).decode("utf-8", "replace"), path)

    @property
    def query(self) -> str:
        """The query string as it was sent, without the question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str:
        """Return the values of a header, several joined by commas, empty where it was not sent."""
        return ",".join(value for key, value in self.headers if key.lower() == name)

    @property
    def head_bytes(self) -> int:
        """Bytes of the request line and the values of headers."""
        line = f"{self.method} {self.target} HTTP/1.1"
        return sum(len(text.encode("utf-8", "replace")) for text in (line, *(v for _, v in self.headers)))
