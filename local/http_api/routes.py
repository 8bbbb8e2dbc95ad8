"""Which route of an HTTP API a request takes (API Gateway's guide, "Routing API requests")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.http_api.authorizer import JwtAuthorizer

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
DEFAULT = "$default"
ANY = "ANY"
_PARAMETER = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True)
class Route:
    """A route by its key (``POST /batches``, ``ANY /ibe/{proxy+}``, ``$default``), and what it calls.

    ``timeout`` is that of its integration, in seconds; ``authorizer`` the one that must let requests pass,
    ``scopes`` those of which a token must have one.
    """

    key: str
    function: str
    timeout: float = 30.0
    authorizer: JwtAuthorizer | None = None
    scopes: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The method, ``ANY`` for all of them."""
        return ANY if self.key == DEFAULT else self.key.partition(" ")[0]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        path = self.key.partition(" ")[2]
        pieces = _PARAMETER.split(path)  # text, name, "+" or "", text, ...
        expression = re.escape(pieces[0])
        for name, greedy, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            expression += f"(?P<{name}>{'.+' if greedy else '[^/]+'}){re.escape(text)}"
        return re.compile(expression, re.DOTALL)

    def parameters(self, method: str, path: str) -> dict[str, str] | None:
        """Return the path's parameters by name, None where the route is not for this method and path."""
        if self.key == DEFAULT:
            return {}
        if self.method not in (ANY, method):
            return None
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None

    @property
    def rank(self) -> tuple[bool, bool, int, bool]:
        """What comes first where several routes match: whole paths, then greedy ones, then ``$default``."""
        segments = [one for one in self.key.split("/") if one and not _PARAMETER.fullmatch(one)]
        return self.key != DEFAULT, "+}" not in self.key, len(segments), self.method != ANY


def select(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a request and the parameters of its path, None where none is for it.

    A path with several slashes in front is routed as if it had one.
    """
    path = "/" + path.lstrip("/")
    found = [(route, given) for route in routes if (given := route.parameters(method, path)) is not None]
    return max(found, key=lambda pair: pair[0].rank, default=None)
