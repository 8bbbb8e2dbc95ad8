"""Every route of the template leads to a function that serves it."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from local.http_api.routes import Route, select
from skybatch.api.app import HttpApp
from tests.support.batches.functions import load_function
from tests.support.batches.template import of_type
from tests.support.hostile.costly_requests import KEY, known, of_images
from tests.support.servers.http import CONTEXT, http_answer, http_event, make_dependencies

FUNCTIONS = ("planner", "portal", "search")
ROUTES = [
    (properties["RouteKey"], properties["Target"]["Fn::Sub"])
    for properties in of_type("AWS::ApiGatewayV2::Route").values()
]
# A path for each `{proxy+}`; the rest of a route's parameters can be anything.
PROXIES = {
    "/cgi-bin": "2MASS/IM/nph-im_sia",
    "/datalink": "links",
    "/ibe": "search",
    "/sia2": "query",
    "/SIA": "query",
    "/registry": "records",
    "/surveys": "2mass-asky/coverage.fits",
    "/soda": "sync",
    "/help": "",
}


def function_of(target: str) -> str:
    found = re.search(r"\{(\w+)Integration\}", target)
    assert found is not None
    return found.group(1).lower()


def sample_path(path: str) -> str:
    prefix, proxied, _ = path.partition("/{proxy+}")
    return f"{prefix}/{PROXIES[prefix]}" if proxied else re.sub(r"\{\w+\}", "x", path)


def serves(module: ModuleType, method: str, path: str) -> bool:
    """Whether one of the function's routes takes a request, whatever it answers."""
    answered: list[str] = []
    app = HttpApp(make_dependencies(), module.ROUTES)
    for route in [*app._resolver._static_routes, *app._resolver._dynamic_routes]:
        if method in route.method and route.rule.match(path):
            answered.append(route.path)
    return bool(answered)


@pytest.mark.parametrize(("key", "target"), [route for route in ROUTES if route[0] != "$default"])
def test_a_route_is_served_by_its_function(key: str, target: str) -> None:
    verb, path = key.split()
    if verb == "OPTIONS":  # answered for any path, before routes are looked at
        assert function_of(target) == "portal"
        return
    method = "GET" if verb == "ANY" else verb
    assert serves(load_function(function_of(target)), method, sample_path(path))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_unknown_path_is_a_problem_not_found(name: str) -> None:
    app = HttpApp(make_dependencies(), load_function(name).ROUTES)
    answer = http_answer(app.handle(http_event("GET", "/nowhere/at/all"), CONTEXT))
    assert (answer.status, answer.media_type) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


def test_a_costly_request_is_known_of_every_route() -> None:
    """`test_soak_budget` measures these; preflights are answered before routes are looked at."""
    routes = [Route(key, "") for key, _ in ROUTES if not key.startswith("OPTIONS ")]
    asked = [*of_images(KEY, "10,20"), *known("0" * 32, "1" * 32, "x.fits")]
    found = [select(routes, each.method, each.url.partition("?")[0]) for each in asked]
    assert {each[0].key for each in found if each} == {route.key for route in routes}
