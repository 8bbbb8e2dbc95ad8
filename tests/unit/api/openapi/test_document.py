"""The OpenAPI document is that of the routes, fields, errors and answers that the code has."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from skybatch.api.openapi.document import document
from skybatch.errors import SkybatchError
from skybatch.pages.api_reference import api_reference_page
from skybatch.requests.fields import Body
from skybatch.settings import Settings
from tests.support.functions import load_function

ROUTES = [table for name in ("planner", "portal", "search") for table in load_function(name).ROUTES]
DOCUMENT = document(Settings(), "https://sky.example.org")
# One route of the code serves both folders of a batch.
TWOFOLD = {"/batches/{id}/{folder}/{name}": ("/batches/{id}/files/{name}", "/batches/{id}/images/{file}")}
VERBS = ("get", "post")


def documented() -> set[tuple[str, str]]:
    return {
        (path, verb.upper()) for path, item in DOCUMENT["paths"].items() for verb in item if verb in VERBS
    }


def routed() -> set[tuple[str, str]]:
    found = set()
    for table in ROUTES:
        for route in table.routes:
            path = _path(route.rule)
            for verb in {"GET", "POST"} & set(route.methods):
                found |= {(one, verb) for one in TWOFOLD.get(path, (path,))}
    return found


def _path(rule: str) -> str:
    named = re.sub(r"<(\w+)>", r"{\1}", rule.replace("(?:/.*)?", "/{path}").replace("/?", ""))
    return named.replace("{batch_id}", "{id}")


def test_it_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_route_is_documented_and_nothing_else() -> None:
    assert documented() == routed()


def test_every_field_of_a_request_is_documented() -> None:
    fields = DOCUMENT["components"]["schemas"]["Request"]["properties"]
    assert set(fields) == {*Body.model_fields, "table"}
    for name, field in Body.model_fields.items():
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        assert fields[name].get("default") == default


def _codes(answer: dict[str, Any]) -> set[str]:
    return set(re.findall(r"`(\w+)`", answer["description"]))


def test_every_error_code_is_one_of_the_tree() -> None:
    known, waiting = set(), [SkybatchError]
    while waiting:
        error = waiting.pop()
        known.add((str(error.status), error.code))
        waiting += error.__subclasses__()
    told = {
        (status, code)
        for item in DOCUMENT["paths"].values()
        for verb in set(item) & set(VERBS)
        for status, answer in item[verb]["responses"].items()
        for code in _codes(answer)
    }
    assert {code for code in told if code[0] >= "400"} <= known
    ours = {"malformed", "invalid", "too_large", "unsupported_media", "not_found", "expired", "conflict"}
    assert ours <= {code for _, code in told}


@pytest.mark.parametrize("outside", ["src=", "http:", "@import", "<script", '<link rel="style'])
def test_the_page_needs_nothing_from_outside(outside: str) -> None:
    page = api_reference_page(DOCUMENT).replace("https://sky.example.org", "")
    assert outside not in page


def test_the_page_tells_of_every_operation() -> None:
    page = api_reference_page(DOCUMENT)
    for path, verb in documented():
        assert f"<code>{verb} {path}</code>" in page
