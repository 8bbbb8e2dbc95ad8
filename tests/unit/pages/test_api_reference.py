"""The OpenAPI document as a page: complete, and linked within itself."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from skybatch.api.openapi.document import openapi_document
from skybatch.pages.api_examples import BatchExample
from skybatch.pages.api_reference import api_reference_page
from skybatch.pages.environment import inlined
from skybatch.settings import settings
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
        for method in ("get", "head", "post")
        if method in item
    }
    listed = [code.text for code in page.all("code") if code.text.startswith(("GET ", "HEAD ", "POST "))]
    assert set(listed) == expected
    assert len(listed) == len(expected)


def test_every_schema_is_listed_with_its_fields(document: dict[str, Any], page: Page) -> None:
    schemas = document["components"]["schemas"]
    assert {heading.text for heading in page.all("h3") if "id" in heading.attributes} == set(schemas)
    codes = {code.text for code in page.all("code")}
    assert {field for schema in schemas.values() for field in schema.get("properties", {})} <= codes


def test_links_to_schemas_lead_to_their_headings(page: Page) -> None:
    ids = {element.attributes["id"] for element in page.elements if "id" in element.attributes}
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


BATCH = BatchExample("0" * 32, "rows.csv", "0001_j.fits", "000000-3f2a9c5e7b1d")


@pytest.fixture(scope="module")
def about_batch(document: dict[str, Any]) -> Page:
    return Page(api_reference_page(document, BATCH))


def test_every_call_is_shown_as_curl_and_as_python(document: dict[str, Any], about_batch: Page) -> None:
    items = document["paths"].values()
    operations = sum(method in item for item in items for method in ("get", "head", "post"))
    for kind in ("curl", "python"):
        assert len(about_batch.all("pre", **{"data-kind": kind})) >= operations
    for program in about_batch.all("pre", **{"data-kind": "python"}):
        ast.parse(program.text)


def test_examples_about_a_batch_lack_nothing(page: Page, about_batch: Page) -> None:
    urls = [each.attributes["value"] for each in about_batch.all("input", name="url")]
    assert not [url for url in urls if "{" in url and "/batches/" in url]
    assert f"{SERVER}/batches/{BATCH.batch_id}/previews/0001_j.fits.png" in urls
    assert [each for each in page.all("input", name="url") if "{id}" in each.attributes["value"]]


def test_every_body_of_the_document_has_its_examples(document: dict[str, Any], page: Page) -> None:
    examples = document["components"]["schemas"]["BatchRequest"]["examples"]
    shown = [json.loads(area.text) for area in page.all("textarea") if area.text.strip().startswith("{")]
    assert [shown.count(example) for example in examples] == [2] * len(examples)  # of /batches and /plans


def test_each_call_that_changes_something_says_so_on_its_button(page: Page) -> None:
    said = [button.text for button in page.all("button") if ":" in button.text]
    assert sorted(set(said)) == ["Send: ends the batch", "Send: starts a batch"]
    examples = 3
    assert len(said) == examples + len(["resubmit", "cancel"])


def test_calls_of_a_private_service_are_sent_with_the_token_typed_on_the_page(
    document: dict[str, Any], page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.all("input", id="token") == []
    monkeypatch.setenv("JWT_ISSUER", "https://issuer.example")
    settings.cache_clear()
    try:
        private = Page(api_reference_page(document))
    finally:
        settings.cache_clear()
    assert private.one("input", id="token").attributes["type"] == "password"
    assert next(script.text for script in private.all("script")) == inlined("token.js")
