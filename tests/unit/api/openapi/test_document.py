"""The OpenAPI document is valid, complete, and that of the code as it is now."""

from __future__ import annotations

import re
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from skybatch.api.openapi.document import PUBLISHED, openapi_document
from skybatch.api.openapi.search_paths import VO_SERVICES
from skybatch.errors import SkybatchError
from tests.support.batches.functions import load_function
from tests.support.batches.openapi import DOCUMENT
from tools.openapi import generated

ROUTES = [table for name in ("planner", "portal", "search") for table in load_function(name).ROUTES]
# One route of the code serves several documented paths.
SERVED = {
    "/batches/{id}/{folder}/{name}": ("/batches/{id}/files/{name}", "/batches/{id}/bundles/{bundle}"),
    **{
        f"/{{service}}/{name}": tuple(f"/{service}/{name}" for service in VO_SERVICES)
        for name in ("availability", "capabilities")
    },
    **{f"/cgi-bin/2MASS/IM/{name}": () for name in ("availability", "capabilities")},  # where pyvo looks too
    "/SIA/query": (),  # as other services have it
    "/help/": ("/help",),
}
METHODS = ("get", "post")


def documented() -> set[tuple[str, str]]:
    paths = DOCUMENT["paths"].items()
    return {(path, method.upper()) for path, item in paths for method in item if method in METHODS}


def routed() -> set[tuple[str, str]]:
    return {
        (path, method)
        for table in ROUTES
        for route in table.routes
        for path in SERVED.get(template(route.rule), (template(route.rule),))
        for method in {"GET", "POST"} & set(route.methods)
    }


def template(rule: str) -> str:
    """Return a route's rule as a path template."""
    named = re.sub(r"<(\w+)>", r"{\1}", rule.replace("(?:/.*)?", "/{path}").replace("/?", ""))
    return named.replace("{batch_id}", "{id}")


def codes_by_status() -> set[tuple[str, str]]:
    found, waiting = set(), [SkybatchError]
    while waiting:
        error = waiting.pop()
        found.add((str(error.status), error.code))
        waiting += error.__subclasses__()
    return found


def operations() -> list[dict[str, Any]]:
    return [item[method] for item in DOCUMENT["paths"].values() for method in item if method != "parameters"]


def test_every_operation_has_an_id_of_its_own_and_a_description() -> None:
    ids = [each["operationId"] for each in operations()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+[A-Za-z0-9]+", each) for each in ids)
    assert all(each["description"] for each in operations())


def test_every_media_type_has_a_schema_and_every_array_items() -> None:
    def check(node: Any) -> None:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key == "content":
                assert all("schema" in media_type for media_type in value.values())
            if isinstance(value, dict) and value.get("type") == "array":
                assert "items" in value
            if isinstance(value, dict | list):
                check(value)

    check(DOCUMENT)


def test_every_operation_can_succeed_and_needs_no_credentials() -> None:
    assert all(any(status < "300" for status in each["responses"]) for each in operations())
    assert DOCUMENT["security"] == []


def test_the_published_document_is_the_generated_one() -> None:
    assert PUBLISHED.read_text("utf-8") == generated(), "stale: run `make openapi`"


def test_the_document_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_route_is_documented_and_nothing_else() -> None:
    assert documented() == routed()


def test_every_documented_error_code_belongs_to_its_status() -> None:
    documented_codes = {
        (status, code)
        for item in DOCUMENT["paths"].values()
        for method in set(item) & set(METHODS)
        for status, response in item[method]["responses"].items()
        if status >= "400"
        for code in re.findall(r"`(\w+)`", response["description"])
    }
    assert documented_codes <= codes_by_status()
    expected = {"malformed", "invalid", "too_large", "unsupported_media", "not_found", "expired", "conflict"}
    assert expected <= {code for _, code in documented_codes}


def test_every_schema_is_used() -> None:
    text = generated()
    assert all(
        f'"#/components/schemas/{name}"' in text for name in openapi_document()["components"]["schemas"]
    )
