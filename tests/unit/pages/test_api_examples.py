"""Examples of calls: with the document's own values, and those of a batch."""

from __future__ import annotations

from typing import Any

from skybatch.pages.api_calls import FORM, JSON
from skybatch.pages.api_examples import BatchExample, example_calls

SERVER = "https://sky.example.org"
ANSWER: dict[str, Any] = {"200": {"content": {"application/json": {}}}}
DOCUMENT = {"components": {"schemas": {"Ask": {"examples": [{"mode": "a"}, {"mode": "b"}]}}}}


def parameter(name: str, where: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, **more}


def operation(*parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"parameters": parameters, "responses": ANSWER, **more}


def test_parameters_have_their_examples_or_the_first_of_their_values() -> None:
    path = parameter("table", "path", schema={"enum": ["one", "two"]})
    shown, hidden = parameter("POS", "query", example="1,2"), parameter("SIZE", "query")
    (call,) = example_calls(
        SERVER, "GET", "/q/{table}", operation(path, shown, hidden), DOCUMENT, BatchExample()
    )
    assert (call.url, call.answer, call.body) == (f"{SERVER}/q/one?POS=1,2", "json", None)


def test_a_body_is_shown_by_each_of_its_examples() -> None:
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Ask"}}}
    asked = operation(requestBody={"content": content})
    calls = example_calls(SERVER, "POST", "/plans", asked, DOCUMENT, BatchExample())
    assert [(call.body, call.media_type) for call in calls] == [({"mode": "a"}, JSON), ({"mode": "b"}, JSON)]
    fields = {"POS": {"examples": ["1,2"]}, "SIZE": {}}
    form = operation(requestBody={"content": {FORM: {"schema": {"properties": fields}}}})
    (call,) = example_calls(SERVER, "POST", "/q", form, DOCUMENT, BatchExample())
    assert call.body_text == "POS=1%2C2"


def test_calls_on_a_batch_are_about_the_one_given() -> None:
    path = "/batches/{id}/previews/{name}"
    asked = operation(parameter("id", "path"), parameter("name", "path"))
    (call,) = example_calls(SERVER, "GET", path, asked, DOCUMENT, BatchExample("7", "rows.csv", "a.fits"))
    assert call.url == f"{SERVER}/batches/7/previews/a.fits.png"
    (call,) = example_calls(SERVER, "GET", path, asked, DOCUMENT, BatchExample())
    assert call.url == f"{SERVER}{path}"
