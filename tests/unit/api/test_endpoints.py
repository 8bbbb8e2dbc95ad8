"""What an operator closes is refused with a clear error, and no document names it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from skybatch.api.endpoints import PATHS, check_open, endpoint_of, is_closed, without_closed
from skybatch.api.openapi.published import published_document
from skybatch.errors import Closed
from skybatch.settings import CLOSABLE_ENDPOINTS, Settings
from tests.support.batches.template import PARAMETERS, of_type

DOCUMENT = published_document(Settings(), "https://sky.example")
RECORDS = {"/registry/records", "/registry/record/{record_id}"}
ALWAYS_OPEN = {"/", "/help", "/help/", "/help/{topic}", "/docs", "/openapi.json", "/health"}
SURVEYS = {"/surveys", "/surveys/{name}/{file}"}
# Whoever gets mail can always end that.
ADDRESSES = {"/addresses/{link}"}


def test_every_name_has_a_path() -> None:
    assert set(PATHS) == set(CLOSABLE_ENDPOINTS)


def test_what_cannot_be_closed_is_about_batches_that_exist_or_the_service_itself() -> None:
    open_paths = {path for path in DOCUMENT["paths"] if endpoint_of(path) is None}
    about_batches = {path for path in open_paths if path.startswith("/batches/{id}")}
    others = {"/ibe/availability", "/ibe/capabilities", *RECORDS, *SURVEYS, *ADDRESSES}
    assert open_paths - about_batches <= ALWAYS_OPEN | others
    assert "/batches/{id}/resubmit" not in about_batches
    assert "/batches/{id}/cancel" in about_batches


@pytest.mark.parametrize("name", CLOSABLE_ENDPOINTS)
def test_each_endpoint_leads_somewhere_and_can_be_closed(name: str) -> None:
    paths = [path for path in DOCUMENT["paths"] if endpoint_of(path) == name]
    assert paths
    for path in paths:
        check_open(path, frozenset(CLOSABLE_ENDPOINTS) - {name})
        with pytest.raises(Closed, match=name):
            check_open(path, frozenset({name}))


def test_a_document_names_nothing_that_is_closed() -> None:
    closed = frozenset({"plans", "sia2", "batches", "ibe-data"})
    document = without_closed(DOCUMENT, closed)
    gone = set(DOCUMENT["paths"]) - set(document["paths"])
    vosi = {f"{path}/{name}" for path in ("/sia2", "/SIA") for name in ("availability", "capabilities")}
    of_sia2 = {"/sia2/query", "/SIA", *vosi}
    assert gone == {"/plans", *of_sia2, "/batches", "/batches/{id}/resubmit", "/ibe/data/{path}"}
    assert without_closed(DOCUMENT, frozenset()) == DOCUMENT


def test_all_can_be_closed_at_once() -> None:
    settings = Settings(closed_endpoints=", ".join(CLOSABLE_ENDPOINTS))
    paths: dict[str, Any] = published_document(settings, "https://sky.example")["paths"]
    assert not [path for path in paths if is_closed(path, settings.closed)]
    assert "/batches/{id}" in paths


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("plans", True),
        ("plans,sia2,ibe-data", True),
        (",".join(CLOSABLE_ENDPOINTS), True),
        ("plans,", False),
        ("plan", False),
        ("plans sia2", False),
        ("plansia2", False),
    ],
)
def test_the_template_takes_the_names_alone(text: str, allowed: bool) -> None:
    pattern = PARAMETERS["ClosedEndpoints"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, text)) == allowed


def test_every_route_of_the_template_that_costs_can_be_closed_or_is_about_a_batch() -> None:
    keys = [properties["RouteKey"].split()[-1] for properties in of_type("AWS::ApiGatewayV2::Route").values()]
    left = {key.replace("{proxy+}", "x/y") for key in keys}
    left = {key for key in left if endpoint_of(key) is None and not key.startswith("/batches/{id}")}
    assert left == (ALWAYS_OPEN | ADDRESSES) - {"/help/", "/help/{topic}"} | {
        "$default",
        "/help/x/y",
        "/ibe/x/y",
        "/registry/x/y",
        "/surveys",
        "/surveys/x/y",
    }
