"""``POST /tables``: what was understood, as JSON or as a table that can be posted; nothing is started."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from obstore.store import S3Store

from skybatch.api.large_responses import MAX_INLINE_BYTES
from skybatch.api.models import UnderstoodRow
from skybatch.api.routes import tables
from skybatch.api.routes.tables import accepted_format
from skybatch.surveys.catalogue import packaged_survey
from tests.support.aws.s3 import fetch
from tests.support.batches.openapi import violations
from tests.support.batches.template import event
from tests.support.servers.http import CONTEXT, MULTIPART, HttpClient, http_answer, make_dependencies
from tests.support.survey.descriptions import known_survey
from tests.support.tables.table_samples import SAMPLES, request_of, upload_body

TABLE = "id,ra,dec\na,65.497627,19.53507\nb,1,99\n"
MEDIA_TYPES = {
    "json": "application/json",
    "ipac": "text/plain",
    "votable": "application/x-votable+xml",
    "csv": "text/csv",
}


@pytest.fixture
def client() -> HttpClient:
    """Return the routes; nothing here may open an inventory, resolve a name or start an execution."""

    def nothing_may_start(*_: object) -> Any:
        raise AssertionError("something was started")

    dependencies = make_dependencies(start_execution=nothing_may_start, name_resolver=nothing_may_start)
    return HttpClient(dependencies, tables.routes)


def test_the_sample_event_is_answered(client: HttpClient) -> None:
    answer = http_answer(client.app.handle(event("planner-post-tables"), CONTEXT))
    assert (answer.status, violations(answer.json(), "TableReading")) == (200, [])
    assert [row["id"] for row in answer.json()["rows"]] == ["HL Tau", "M 83"]
    used = {column["name"]: column["used_as"] for column in answer.json()["columns"]}
    assert (used["RA"], used["DE"], used["size"]) == ("ra", "dec", "size")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_table_is_answered_as_documented(client: HttpClient, name: str) -> None:
    fields, upload = SAMPLES[name]
    answer = client.post("/tables", upload_body(upload, **fields), content_type=MULTIPART)
    assert (answer.status, violations(answer.json(), "TableReading")) == (200, [])
    assert answer.json()["errors"] == []
    assert len(answer.json()["rows"]) == len(request_of(upload, **fields).rows)
    names = {UnderstoodRow.wire_names.get(name, name) for name in UnderstoodRow.__dataclass_fields__}
    assert all(row.keys() <= names for row in answer.json()["rows"])


def test_image_sets_by_identifier_are_answered_as_documented(client: HttpClient) -> None:
    fields = {"mode": "image_ids", "survey": "allwise", "table": "coadd_id,band\n0384p651_ac51,W3\n"}
    with known_survey(packaged_survey("allwise")):
        (row,) = client.post_json("/tables", fields).json()["rows"]
    assert (row["image_id"], row["band"]) == ("0384p651_ac51", "W3")
    assert row.keys() - {"from"} <= UnderstoodRow.__dataclass_fields__.keys()


def test_bad_cells_do_not_stop_it(client: HttpClient) -> None:
    body = client.post_json("/tables", {"table": TABLE}).json()
    assert len(body["rows"]) == 2
    (error,) = body["errors"]
    assert (error["line"], error["row"], error["column"], error["value"]) == (3, 2, "dec", "99")


@pytest.mark.parametrize(("form", "media_type"), MEDIA_TYPES.items())
def test_a_form_of_answer_is_asked_by_field_query_or_accept(
    client: HttpClient, form: str, media_type: str
) -> None:
    fields = {"table": SAMPLES["sexagesimal"][1].decode()}
    answers = [
        client.post_json("/tables", {**fields, "format": form}, accept="image/png"),
        client.post_json(f"/tables?format={form}", fields),
        client.post_json("/tables", fields, accept=media_type),
    ]
    assert {answer.media_type for answer in answers} == {media_type}
    assert len({answer.body for answer in answers}) == 1


@pytest.mark.parametrize("form", ["ipac", "votable", "csv"])
def test_a_table_of_this_service_keeps_its_marker(client: HttpClient, form: str) -> None:
    fields, upload = SAMPLES["a table of this service"]
    answer = client.post("/tables", upload_body(upload, format=form, **fields), content_type=MULTIPART)
    again = request_of(answer.body, **fields)
    assert again.from_service
    assert again == request_of(upload, **fields)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/html, */*;q=0.8", "json"),
        ("text/csv", "csv"),
        ("application/x-votable+xml;content=datalink, text/csv;q=0.5", "votable"),
        ("text/csv;q=0.2, text/plain;q=0.9", "ipac"),
        ("text/csv;q=x", "json"),
        ("text/csv;q=0", "json"),
    ],
)
def test_the_most_preferred_form_that_is_known_is_taken(accept: str, form: str) -> None:
    assert accepted_format(accept) == form


@pytest.mark.parametrize("url", ["/tables?format=fits", "/tables"])
def test_an_unknown_form_of_answer_is_refused(client: HttpClient, url: str) -> None:
    answer = client.post_json(url, {"table": TABLE, "format": "" if "?" in url else "fits"})
    assert (answer.status, answer.media_type) == (422, "application/problem+json")
    assert [error["column"] for error in answer.json()["errors"]] == ["format"]


@pytest.mark.parametrize("upload", [b"%PDF-1.7", b"", b"SIMPLE  = T", b"x,y\n1,2\n", b"\x1f\x8b\x00"])
def test_an_upload_that_cannot_be_read_is_unprocessable(client: HttpClient, upload: bytes) -> None:
    answer = client.post("/tables", upload_body(upload), content_type=MULTIPART)
    assert (answer.status, violations(answer.json(), "ProblemDetails")) == (422, [])


@pytest.mark.parametrize(
    ("body", "media_type", "status"), [(b"{", "application/json", 400), (b"x", "text/plain", 415)]
)
def test_a_body_that_is_not_what_it_says_is_refused(
    client: HttpClient, body: bytes, media_type: str, status: int
) -> None:
    assert client.post("/tables", body, content_type=media_type).status == status


@pytest.mark.parametrize("limits", [{"max_upload_bytes": 10}, {"max_rows": 1}])
def test_a_table_beyond_a_limit_is_too_large(client: HttpClient, limits: dict[str, Any]) -> None:
    bounded = replace(client.dependencies.settings, **limits)
    bounded_client = HttpClient(replace(client.dependencies, settings=bounded), tables.routes)
    assert bounded_client.post_json("/tables", {"table": TABLE}).status == 413


def test_the_answer_is_kept_by_no_cache(client: HttpClient) -> None:
    assert client.post_json("/tables", {"table": TABLE}).headers["cache-control"] == "no-store"


def test_an_answer_too_large_for_a_response_is_fetched_from_s3(bucket: S3Store) -> None:
    client = HttpClient(make_dependencies(results=bucket), tables.routes)
    upload = b"skybatch,coadd_key,id\n" + b"".join(b"1,%d,%012d\n" % (i, i) for i in range(1, 40_001))
    answer = client.post("/tables", upload_body(upload, mode="coadd_keys"), content_type=MULTIPART)
    assert (answer.status, answer.body) == (303, b"")
    body = fetch(answer.headers["location"])
    assert len(body) > MAX_INLINE_BYTES
    assert len(json.loads(body)["rows"]) == 40_000


def test_a_gzipped_json_answer_is_not_encoded_twice(client: HttpClient) -> None:
    fields = {"table": "ra,dec\n" + "1,2\n" * 500}
    answer = client.post_json("/tables", fields, accept_encoding="gzip")
    assert len(json.loads(gzip.decompress(answer.body))["rows"]) == 500
