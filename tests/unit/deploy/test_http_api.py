"""The HTTP API leads each route to its function, in time, and logs no batch id."""

from __future__ import annotations

import pytest

from tests.support.batches.template import (
    FUNCTIONS,
    RESOURCES,
    of_type,
    properties,
)

PLANNER = [
    "POST /batches",
    "POST /batches/{id}/cancel",
    "POST /batches/{id}/resubmit",
    "POST /plans",
    "POST /tables",
]
PORTAL = [
    "$default",
    "ANY /",
    "ANY /addresses/{link}",
    "ANY /batches/{id}",
    "ANY /batches/{id}/bundles/{bundle}",
    "ANY /batches/{id}/files/{name}",
    "ANY /batches/{id}/images",
    "ANY /batches/{id}/images/{file}",
    "ANY /batches/{id}/previews/{name}",
    "ANY /batches/{id}/results",
    "ANY /batches/{id}/sky.svg",
    "ANY /batches/{id}/views/{file}",
    "ANY /docs",
    "ANY /health",
    "ANY /help",
    "ANY /help/{proxy+}",
    "ANY /openapi.json",
    "OPTIONS /SIA",
    "OPTIONS /SIA/{proxy+}",
    "OPTIONS /cgi-bin/{proxy+}",
    "OPTIONS /datalink/{proxy+}",
    "OPTIONS /ibe/{proxy+}",
    "OPTIONS /registry/{proxy+}",
    "OPTIONS /sia2/{proxy+}",
    "OPTIONS /soda/{proxy+}",
]
SEARCH = [
    "ANY /SIA",
    "ANY /SIA/{proxy+}",
    "ANY /cgi-bin/{proxy+}",
    "ANY /datalink/{proxy+}",
    "ANY /ibe/{proxy+}",
    "ANY /registry/{proxy+}",
    "ANY /sia2/{proxy+}",
    "ANY /soda/{proxy+}",
    "ANY /surveys",
    "ANY /surveys/{proxy+}",
]


@pytest.mark.parametrize(("name", "routes"), [("Planner", PLANNER), ("Portal", PORTAL), ("Search", SEARCH)])
def test_routes_lead_to_their_function(name: str, routes: list[str]) -> None:
    target = {"Fn::Sub": f"integrations/${{{name}Integration}}"}
    led = [route["RouteKey"] for route in of_type("AWS::ApiGatewayV2::Route").values()]
    here = [r["RouteKey"] for r in of_type("AWS::ApiGatewayV2::Route").values() if r["Target"] == target]
    assert sorted(here) == routes
    assert len(led) == len(set(led)) == len(PLANNER + PORTAL + SEARCH)


@pytest.mark.parametrize("name", ["Planner", "Portal", "Search"])
def test_the_api_may_call_what_it_routes_to(name: str) -> None:
    function = f"{name}Function"
    assert properties(f"{name}Integration")["IntegrationUri"] == {"Fn::GetAtt": [function, "Arn"]}
    assert properties(f"{name}Permission")["FunctionName"] == {"Ref": function}


@pytest.mark.parametrize("function", ["PortalFunction", "SearchFunction"])
def test_a_function_gives_up_before_the_api_does(function: str) -> None:
    timeouts = [i["TimeoutInMillis"] for i in of_type("AWS::ApiGatewayV2::Integration").values()]
    assert FUNCTIONS[function]["Timeout"] * 1000 < min(timeouts) <= 30_000


def test_throttled_routes_exist_before_their_stage() -> None:
    stage = RESOURCES["HttpStage"]
    routes = {properties(name)["RouteKey"] for name in stage["DependsOn"]}
    assert set(stage["Properties"]["RouteSettings"]) == routes


def test_access_logs_carry_no_path() -> None:
    """A path holds the batch id, which is all it takes to read a batch."""
    form = properties("HttpStage")["AccessLogSettings"]["Format"]
    assert not any(word in form for word in ("$context.path", "$context.rawPath", "sourceIp", "requestBody"))


# A private deployment ----------------------------------------------------------------------------------

# What starts work, and everything that the search function answers but what pages lead to: what is held.
OPEN_SEARCH = ("ANY /surveys", "ANY /surveys/{proxy+}")
CLOSED_SEARCH = (key for key in SEARCH if key not in OPEN_SEARCH)
WITH_TOKEN = ["POST /batches", "POST /plans", "POST /tables", *CLOSED_SEARCH]


def routes() -> dict[str, dict[str, object]]:
    return {given["RouteKey"]: given for given in of_type("AWS::ApiGatewayV2::Route").values()}


def test_searches_and_what_starts_work_ask_for_a_token() -> None:
    asking = {key for key, given in routes().items() if "AuthorizationType" in given}
    assert asking == set(WITH_TOKEN)
    for key in WITH_TOKEN:
        given = routes()[key]
        assert given["AuthorizationType"] == {"Fn::If": ["IsPrivate", "JWT", "NONE"]}
        assert given["AuthorizerId"] == {
            "Fn::If": ["IsPrivate", {"Ref": "JwtAuthorizer"}, {"Ref": "AWS::NoValue"}]
        }
        scopes = {"Fn::Split": [",", {"Ref": "JwtScopes"}]}
        assert given["AuthorizationScopes"] == {"Fn::If": ["AsksForScopes", scopes, {"Ref": "AWS::NoValue"}]}


def test_preflights_of_routes_of_any_method_need_no_token() -> None:
    any_method = {key.partition(" ")[2] for key in WITH_TOKEN if key.startswith("ANY ")}
    names = [
        name
        for name, given in of_type("AWS::ApiGatewayV2::Route").items()
        if str(given["RouteKey"]).startswith("OPTIONS ")
    ]
    assert {properties(name)["RouteKey"].partition(" ")[2] for name in names} == any_method
    assert {RESOURCES[name]["Condition"] for name in names} == {"IsPrivate"}


def test_an_open_deployment_has_no_authorizer() -> None:
    assert RESOURCES["JwtAuthorizer"]["Condition"] == "IsPrivate"
    assert properties("JwtAuthorizer")["JwtConfiguration"] == {
        "Issuer": {"Ref": "JwtIssuer"},
        "Audience": {"Fn::Split": [",", {"Ref": "JwtAudience"}]},
    }
