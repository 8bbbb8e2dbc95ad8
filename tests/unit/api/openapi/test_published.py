"""What a deployment fills into the published document."""

from __future__ import annotations

import json
import re

from openapi_spec_validator import validate

from local.http_api.routes import Route, select
from skybatch.api.openapi.published import published_document
from skybatch.settings import Settings
from tests.support.batches.template import of_type


def test_the_server_is_the_address_by_which_the_service_was_reached() -> None:
    url = 'https://sky.example.org/"stage"'
    assert published_document(Settings(), url)["servers"] == [{"url": url}]


def test_the_limits_are_those_of_the_deployment() -> None:
    document = published_document(Settings(max_rows=77, max_upload_bytes=1234567), "https://x.example")
    table = document["components"]["schemas"]["BatchRequest"]["properties"]["table"]
    assert {"77", "1,234,567"} <= set(re.findall(r"\d[\d,]*", table["description"]))


def test_no_placeholder_is_left() -> None:
    document = published_document(Settings(), "https://x.example")
    del document["paths"]  # whose templates have braces of their own
    assert not re.search(r"\{[a-z]\w*\}", json.dumps(document))


# A private deployment -----------------------------------------------------------------------------------

PRIVATE = Settings(jwt_issuer="https://issuer.example/realm/")


def test_an_open_deployment_asks_for_no_token() -> None:
    document = published_document(Settings(), "https://x.example")
    assert "securitySchemes" not in document["components"]
    assert not any(
        "security" in operation for item in document["paths"].values() for operation in item.values()
    )


def test_operations_ask_for_a_token_where_the_templates_routes_do() -> None:
    """The template decides; each path of the document is routed as API Gateway does."""
    document = published_document(PRIVATE, "https://x.example")
    validate(document)
    given = of_type("AWS::ApiGatewayV2::Route").values()
    routes = [Route(each["RouteKey"], "asks" * ("AuthorizationType" in each)) for each in given]
    for path, item in document["paths"].items():
        for method in {"get", "post", "head"} & set(item):
            found = select(routes, method.upper(), re.sub(r"\{[^}]+\}", "x", path))
            assert found is not None
            asked = item[method].get("security") == [{"token": []}]
            assert asked == bool(found[0].function), (method, path)
            assert ("401" in item[method]["responses"]) == asked


def test_the_issuer_is_named_by_its_discovery_document() -> None:
    scheme = published_document(PRIVATE, "https://x.example")["components"]["securitySchemes"]["token"]
    assert scheme["type"] == "openIdConnect"
    assert scheme["openIdConnectUrl"] == "https://issuer.example/realm/.well-known/openid-configuration"
