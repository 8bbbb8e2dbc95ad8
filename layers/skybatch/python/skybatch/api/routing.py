"""Tables of routes, independent of the application that serves them.

Powertools' own ``Router`` belongs to the one resolver that includes it, and its handlers take what they
need from module state. A handler here is a function of the request and of the dependencies, so that an
application can be built from any stores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from aws_lambda_powertools.event_handler import Response

from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import error_response
from skybatch.errors import SkybatchError

AnyResponse: TypeAlias = Response[Any]
# Renders an error as the clients of a route read it.
ErrorRendering: TypeAlias = Callable[[HttpRequest, SkybatchError], AnyResponse]
# Called with the request, the dependencies, and the path's parameters by name.
Handler = TypeVar("Handler", bound=Callable[..., AnyResponse])


@dataclass(frozen=True)
class Route:
    """One path rule in powertools' syntax (``/batches/<batch_id>``, or a regular expression)."""

    rule: str
    methods: tuple[str, ...]
    handler: Callable[..., AnyResponse]
    error_response: ErrorRendering = error_response


@dataclass
class RouteTable:
    """The routes of one module, in the order of their definition.

    Attributes
    ----------
    error_response
        Renders what a request is refused with before its handler is called.
    """

    error_response: ErrorRendering = error_response
    routes: list[Route] = field(default_factory=list)

    def get(self, rule: str) -> Callable[[Handler], Handler]:
        """Register the decorated handler for GET and HEAD."""
        return self.route(rule, "GET", "HEAD")

    def post(self, rule: str) -> Callable[[Handler], Handler]:
        """Register the decorated handler for POST."""
        return self.route(rule, "POST")

    def query(self, rule: str, error_response: ErrorRendering | None = None) -> Callable[[Handler], Handler]:
        """Register the decorated handler for GET, HEAD and POST, as VO services are queried (DALI 1.1)."""
        return self.route(rule, "GET", "HEAD", "POST", error_response=error_response)

    def route(
        self, rule: str, *methods: str, error_response: ErrorRendering | None = None
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler, and return it as it was; errors as the table's, if not given."""
        rendering = error_response or self.error_response

        def register(handler: Handler) -> Handler:
            self.routes.append(Route(rule, methods, handler, rendering))
            return handler

        return register
