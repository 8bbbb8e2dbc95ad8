"""The service about itself: its document, its documentation, its health."""

from __future__ import annotations

from skybatch.api.openapi.published import published_document
from tests.support.html import Page
from tests.support.servers.http import BASE_URL, HttpClient


def test_the_document_is_that_of_this_deployment(batches: HttpClient) -> None:
    answer = batches.get("/openapi.json")
    assert (answer.status, answer.media_type) == (200, "application/json")
    assert answer.json() == published_document(batches.dependencies.settings, BASE_URL)


def test_the_documentation_is_a_page(batches: HttpClient) -> None:
    answer = batches.get("/docs")
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert "POST /batches" in [code.text for code in Page(answer.body.decode()).all("code")]


def test_the_service_is_healthy_without_a_bucket(batches: HttpClient) -> None:
    body = batches.get("/health").json()
    assert body["status"] == "ok"
    assert body["limits"]["max_rows"] == batches.dependencies.settings.max_rows
