"""HTTP requests to the service, one at a time, none repeated: a smoke test tells what the first try gives."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skybatch.client.connections import ConnectionLost, Connections, root_cause
from skybatch.client.machine.access_token import AccessToken
from skybatch.version import VERSION


@dataclass(frozen=True)
class Answer:
    """A response, whatever its status, and how many seconds it took; status 0 if none came.

    Header names are in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object; an empty one where it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def summary(self) -> str:
        """Describe it in a few words: the status, and the error's detail or the body's beginning."""
        told = self.json()
        said = str(told.get("detail") or told.get("message") or self.body[:80].decode("latin-1")).strip()
        return f"{self.status or 'no response'}" + (f" ({said})" if said and self.status != 200 else "")


class Probe:
    """Requests to one server; ``seconds`` keeps how long each took, by the label given to it.

    ``token`` goes to that server alone.
    """

    def __init__(self, server: str, token: AccessToken | None = None) -> None:
        self.server = server.rstrip("/")
        self._token = token or AccessToken()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._connections = Connections({"User-Agent": f"skybatch-smoke/{VERSION}"})

    def call(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        label: str = "",
    ) -> Answer:
        """Make one request to a path of the server, or to a URL; redirects are answers and not followed."""
        url = target if target.startswith("http") else self.server + target
        own = self._token.headers(self.server) if url.startswith(f"{self.server}/") else {}
        began = time.monotonic()
        try:
            response = self._connections.request(
                method, url, body, {**own, **(headers or {})}, follow_redirects=False
            )
        except ConnectionLost as lost:
            return Answer(0, {}, root_cause(lost).encode(), time.monotonic() - began)
        taken = time.monotonic() - began
        self.seconds[label or f"{method} {target.partition('?')[0]}"].append(taken)
        return Answer(
            response.status, {k.lower(): v for k, v in response.headers.items()}, response.data, taken
        )

    def post_json(
        self, path: str, fields: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Post a JSON object."""
        kind = {"Content-Type": "application/json"}
        return self.call("POST", path, json.dumps(fields).encode(), kind | dict(headers or {}))

    def location(self, path: str) -> str:
        """Return where a path redirects to; empty where it does not."""
        answer = self.call("GET", path, label="redirect")
        return answer.headers.get("location", "") if answer.status in (302, 303, 307) else ""
