"""``POST /batches`` and ``POST /plans``: accepted batches, estimates, and what a browser gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.fake_resolvers import FakeResolvers
from skybatch.api.routes import batch_submission
from skybatch.api.submission import MAX_IDEMPOTENCY_KEY
from skybatch.batch.record import load_record
from skybatch.names.factory import make_resolver
from tests.support.batches.openapi import violations
from tests.support.batches.template import event
from tests.support.html import Page
from tests.support.servers.http import CONTEXT, MULTIPART, HttpClient, http_answer, multipart_form
from tests.unit.api.conftest import CENTER

REGION = {"mode": "region", "center": f"{CENTER[0]} {CENTER[1]}", "diameter": 0.1, "bands": "J"}
BROWSER = {"accept": "text/html"}


def test_a_batch_is_accepted_with_its_addresses(batches: HttpClient) -> None:
    answer = batches.post_json("/batches", REGION)
    body = answer.json()
    assert (answer.status, violations(body, "SubmittedBatch")) == (202, [])
    assert answer.headers["location"] == body["status_url"]
    assert batches.get(body["status_url"].partition("example.org")[2]).json()["state"] == "accepted"


def test_an_accepted_batch_starts_its_execution(batches: HttpClient) -> None:
    started: list[tuple[str, float]] = []
    starts = replace(batches.dependencies, start_execution=lambda *execution: started.append(execution))
    client = HttpClient(starts, batch_submission.routes)
    assert [
        (client.post_json("/batches", REGION).json()["batch_id"], batches.dependencies.clock())
    ] == started


def test_a_batch_links_to_the_address_it_came_by_and_expires(batches: HttpClient) -> None:
    batch_id = batches.post_json("/batches", REGION).json()["batch_id"]
    dependencies = batches.dependencies
    record = load_record(dependencies.batch(batch_id))
    assert record.base_url == dependencies.settings.public_url
    assert record.created == dependencies.clock()
    assert record.expires == record.created + 86400 * dependencies.settings.expire_days


@pytest.mark.parametrize("name", ["planner-post-batches-json", "planner-post-batches-multipart"])
def test_the_sample_events_are_accepted(batches: HttpClient, name: str) -> None:
    answer = http_answer(batches.app.handle(event(name), CONTEXT))
    assert (answer.status, answer.json()["rows"]) == (202, 2)


def test_the_same_key_and_body_is_the_same_batch(batches: HttpClient) -> None:
    key = {"idempotency_key": "k"}
    first, again = (batches.post_json("/batches", REGION, **key).json()["batch_id"] for _ in range(2))
    other_body = batches.post_json("/batches", {**REGION, "bands": "H"}, **key).json()["batch_id"]
    without_key = batches.post_json("/batches", REGION).json()["batch_id"]
    assert first == again
    assert len({first, other_body, without_key}) == 3


def test_another_callers_key_and_body_are_another_batch(batches: HttpClient) -> None:
    ids = []
    for caller in ("192.0.2.7", "192.0.2.8", "2001:db8:1:2::3", "2001:db8:1:4::5"):
        batches.source_ip = caller
        ids.append(batches.post_json("/batches", REGION, idempotency_key="k").json()["batch_id"])
    assert len(set(ids[:3])) == 3
    assert ids[2] == ids[3]  # one site


def test_an_idempotency_key_of_many_characters_is_invalid(batches: HttpClient) -> None:
    longest = MAX_IDEMPOTENCY_KEY
    assert batches.post_json("/batches", REGION, idempotency_key="k" * longest).status == 202
    answer = batches.post_json("/batches", REGION, idempotency_key="k" * (longest + 1))
    assert (answer.status, answer.json()["errors"][0]["column"]) == (422, "Idempotency-Key")


def test_an_invalid_value_is_a_problem_that_names_it(batches: HttpClient) -> None:
    answer = batches.post_json("/batches", {**REGION, "bands": "Q"})
    assert (answer.status, violations(answer.json(), "ProblemDetails")) == (422, [])
    assert [error["column"] for error in answer.json()["errors"]] == ["bands"]


@pytest.mark.parametrize("path", ["/batches", "/plans"])
@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [(b"{", "application/json", 400), (b"x", "text/plain", 415)],
)
def test_a_body_that_cannot_be_read_is_refused(
    batches: HttpClient, path: str, body: bytes, media_type: str, status: int
) -> None:
    assert batches.post(path, body, content_type=media_type).status == status


@pytest.mark.parametrize("path", ["/batches", "/plans"])
def test_a_body_over_the_limit_is_too_large(batches: HttpClient, path: str) -> None:
    settings = replace(batches.dependencies.settings, max_upload_bytes=10)
    client = HttpClient(replace(batches.dependencies, settings=settings), batch_submission.routes)
    assert client.post_json(path, REGION).status == 413


def test_an_estimate_counts_rows_and_images_and_starts_nothing(batches: HttpClient) -> None:
    started: list[tuple[str, float]] = []
    starts = replace(batches.dependencies, start_execution=lambda *execution: started.append(execution))
    client = HttpClient(starts, batch_submission.routes)
    answer = client.post_json("/plans", REGION)
    assert (answer.status, violations(answer.json(), "BatchEstimate")) == (200, [])
    assert (answer.json()["images"], answer.json()["by_band"]) == (1, {"J": 1})
    assert started == []


def test_a_browser_that_submits_is_sent_to_the_results_page(batches: HttpClient) -> None:
    answer = batches.post("/batches", multipart_form(REGION), content_type=MULTIPART, **BROWSER)
    assert (answer.status, answer.headers["location"].rpartition("/")[2]) == (303, "results")


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/batches", {**REGION, "bands": "Q"}, 422),
        ("/plans", {**REGION, "bands": "Q"}, 422),
        ("/plans", REGION, 200),
    ],
)
def test_a_browser_gets_the_form_as_it_was_filled_in(
    batches: HttpClient, path: str, fields: dict[str, object], status: int
) -> None:
    typed = {**fields, "label": "my own name"}
    answer = batches.post(path, multipart_form(typed), content_type=MULTIPART, **BROWSER)
    assert (answer.status, answer.media_type) == (status, "text/html")
    assert b'value="my own name"' in answer.body


def test_a_browser_whose_form_cannot_be_read_gets_an_error_page(batches: HttpClient) -> None:
    answer = batches.post("/batches", b"{", content_type="application/json", **BROWSER)
    assert (answer.status, answer.media_type) == (400, "text/html")


@pytest.fixture
def naming(batches: HttpClient) -> Iterator[HttpClient]:
    """Return the planner with a stand-in for the name services."""
    with FakeResolvers() as names:
        url, settings = names.url, batches.dependencies.settings
        settings = replace(settings, irsa_resolver=url, ned_resolver=url, simbad_resolver=url)
        resolver = make_resolver(batches.dependencies.results, settings)
        known = replace(batches.dependencies, settings=settings, name_resolver=lambda: resolver)
        yield HttpClient(known, batch_submission.routes)


UNKNOWN = {"mode": "positions", "table": "name\nm83\nnobody knows me\n"}


def test_a_batch_with_names_that_nobody_knows_starts_unless_it_asks_to_be_refused(naming: HttpClient) -> None:
    assert naming.post_json("/batches", UNKNOWN).status == 202
    assert naming.post_json("/batches", {**UNKNOWN, "unknown_names": "accept"}).status == 202
    answer = naming.post_json("/batches", {**UNKNOWN, "unknown_names": "refuse"})
    assert (answer.status, answer.json()["code"]) == (422, "unknown_names")
    assert [(e["column"], e["value"], e["row"]) for e in answer.json()["errors"]] == [
        ("name", "nobody knows me", 2)
    ]
    known = {**UNKNOWN, "table": "name\nm83\n", "unknown_names": "refuse"}
    assert naming.post_json("/batches", known).status == 202


def test_a_browser_is_asked_whether_to_start_with_unknown_names(naming: HttpClient) -> None:
    fields = {**UNKNOWN, "unknown_names": "refuse"}
    answer = naming.post("/batches", multipart_form(fields), content_type=MULTIPART, **BROWSER)
    page = Page(answer.body.decode())
    choices = {one.attributes["value"]: one.attributes for one in page.all("input", name="unknown_names")}
    assert (answer.status, set(choices)) == (422, {"refuse", "accept"})
    assert "checked" in choices["refuse"]


def test_a_browser_is_not_asked_to_start_a_region_without_a_centre(naming: HttpClient) -> None:
    fields = {**REGION, "center": "nobody knows me", "unknown_names": "refuse"}
    answer = naming.post("/batches", multipart_form(fields), content_type=MULTIPART, **BROWSER)
    page = Page(answer.body.decode())
    assert answer.status == 422
    assert [one.attributes["value"] for one in page.all("input", name="unknown_names")] == ["refuse"]
