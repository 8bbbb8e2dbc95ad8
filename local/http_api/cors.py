"""CORS as an HTTP API has it configured: its own headers, whatever a function says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.http_api.request import ApiRequest
from local.http_api.response import ApiResponse

PREFIX = "access-control-"


@dataclass(frozen=True)
class Cors:
    """A CorsConfiguration that allows any origin."""

    methods: Sequence[str] = ()
    headers: Sequence[str] = ()
    exposed: Sequence[str] = ()
    max_age: int | None = None

    @classmethod
    def from_configuration(cls, given: Mapping[str, Any]) -> Cors | None:
        """Read a CorsConfiguration of a template, None where there is none.

        Raises ValueError for one that does not allow any origin, which is not imitated here.
        """
        if not given:
            return None
        if list(given.get("AllowOrigins", ())) != ["*"]:
            raise ValueError("only AllowOrigins: ['*'] is imitated")
        lists = (given.get(name, ()) for name in ("AllowMethods", "AllowHeaders", "ExposeHeaders"))
        methods, headers, exposed = lists
        return cls(methods, headers, exposed, given.get("MaxAge"))

    def applied(self, request: ApiRequest, response: ApiResponse) -> ApiResponse:
        """Return a response with these headers instead of its own; with none for a request of no origin."""
        kept = [(name, value) for name, value in response.headers if not name.lower().startswith(PREFIX)]
        return replace(response, headers=kept + self._headers(request))

    def _headers(self, request: ApiRequest) -> list[tuple[str, str]]:
        if not request.header("origin"):
            return []
        found = [("Access-Control-Allow-Origin", "*")]
        if self.exposed:
            found.append(("Access-Control-Expose-Headers", ",".join(self.exposed)))
        return found + (self._preflight() if is_preflight(request) else [])

    def _preflight(self) -> list[tuple[str, str]]:
        found = [
            ("Access-Control-Allow-Methods", ",".join(self.methods)),
            ("Access-Control-Allow-Headers", ",".join(self.headers)),
        ]
        return found + ([("Access-Control-Max-Age", str(self.max_age))] if self.max_age is not None else [])


def is_preflight(request: ApiRequest) -> bool:
    """Tell whether a browser asks what it may send."""
    return request.method == "OPTIONS" and bool(request.header("access-control-request-method"))
