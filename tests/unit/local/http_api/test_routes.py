"""Requests take the routes that API Gateway's guide gives them."""

from __future__ import annotations

import pytest

from local.http_api.routes import Route, select

KEYS = (
    "GET /pets/dog/1",
    "GET /pets/dog/{id}",
    "GET /pets/{proxy+}",
    "ANY /{proxy+}",
    "POST /batches",
    "ANY /batches/{id}",
    "POST /batches/{id}/cancel",
    "ANY /",
    "$default",
)
ROUTES = [Route(key, "function") for key in reversed(KEYS)]


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        # The guide's own examples.
        ("GET", "/pets/dog/1", "GET /pets/dog/1", {}),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}", {"proxy": "cat/1"}),
        ("POST", "/test/5", "ANY /{proxy+}", {"proxy": "test/5"}),
        # Ours.
        ("POST", "/batches", "POST /batches", {}),
        ("OPTIONS", "/batches/1", "ANY /batches/{id}", {"id": "1"}),
        ("POST", "/batches/1/cancel", "POST /batches/{id}/cancel", {"id": "1"}),
        ("GET", "/", "ANY /", {}),
        ("GET", "//batches/1", "ANY /batches/{id}", {"id": "1"}),
        ("GET", "/a\nb", "ANY /{proxy+}", {"proxy": "a\nb"}),
    ],
)
def test_the_most_specific_route_is_taken(
    method: str, path: str, key: str, parameters: dict[str, str]
) -> None:
    found = select(ROUTES, method, path)
    assert found is not None
    assert (found[0].key, found[1]) == (key, parameters)


def test_what_no_route_is_for() -> None:
    few = [Route("POST /batches", "f"), Route("ANY /a.b/{id}", "f")]
    assert select(few, "OPTIONS", "/batches") is None
    assert select(few, "GET", "/axb/1") is None
    assert select(few, "GET", "/a.b/1/2") is None
    assert select([*few, Route("$default", "f")], "GET", "/batches") == (Route("$default", "f"), {})
