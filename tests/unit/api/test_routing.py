"""Tables of routes."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import no_content_response
from skybatch.api.routing import AnyResponse, RouteTable


def handler(_: HttpRequest, __: Dependencies) -> AnyResponse:
    return no_content_response()


def test_routes_keep_order_methods_and_the_handler_as_it_is() -> None:
    table = RouteTable()
    assert table.get("/a")(handler) is handler
    table.post("/b")(handler)
    table.query("/c")(handler)
    table.route("/d", "OPTIONS")(handler)
    assert [(route.rule, route.methods) for route in table.routes] == [
        ("/a", ("GET", "HEAD")),
        ("/b", ("POST",)),
        ("/c", ("GET", "HEAD", "POST")),
        ("/d", ("OPTIONS",)),
    ]
    assert {route.handler for route in table.routes} == {handler}


def test_tables_do_not_share_routes() -> None:
    RouteTable().get("/a")(handler)
    assert RouteTable().routes == []
