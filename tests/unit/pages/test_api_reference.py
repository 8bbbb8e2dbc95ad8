"""The OpenAPI document as a page: complete, and linked within itself."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.api.openapi.document import openapi_document
from skybatch.pages.api_reference import api_reference_page
from tests.support.html import Page

SERVER = "https://sky.example.org"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return {**openapi_document(), "servers": [{"url": SERVER}]}


@pytest.fixture(scope="module")
def page(document: dict[str, Any]) -> Page:
    return Page(api_reference_page(document))


def test_every_operation_is_listed_by_method_and_path(document: dict[str, Any], page: Page) -> None:
    expected = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method in ("get", "post")
        if method in item
    }
    listed = [code.text for code in page.all("code") if code.text.startswith(("GET ", "POST "))]
    assert set(listed) == expected
    assert len(listed) == len(expected)


def test_every_schema_is_listed_with_its_fields(document: dict[str, Any], page: Page) -> None:
    schemas = document["components"]["schemas"]
    assert {heading.text for heading in page.all("h3")} == set(schemas)
    codes = {code.text for code in page.all("code")}
    assert {field for schema in schemas.values() for field in schema.get("properties", {})} <= codes


def test_links_to_schemas_lead_to_their_headings(page: Page) -> None:
    ids = {heading.attributes["id"] for heading in page.all("h3")}
    links = {link.attributes["href"] for link in page.all("a")}
    assert {link[1:] for link in links if link.startswith("#")} - {"main"} <= ids


def test_nothing_is_loaded_from_other_hosts(page: Page) -> None:
    assert page.unclosed == []
    assert not [each for each in page.elements if "src" in each.attributes]
    assert SERVER in page.words


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "integer"}, "integer"),
        ({"enum": ["a", "b"]}, "a | b"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or null"),
        ({"type": "array", "items": {"type": "string"}}, "list of string"),
        ({}, "any"),
    ],
)
def test_types_are_written_in_short(schema: dict[str, Any], written: str, document: dict[str, Any]) -> None:
    made = {"Made": {"properties": {"x": {**schema, "default": 3}}, "required": ["x"]}}
    page = Page(api_reference_page({**document, "paths": {}, "components": {"schemas": made}}))
    assert [cell.text for cell in page.all("td")] == ["x", written, "yes", "3", ""]
