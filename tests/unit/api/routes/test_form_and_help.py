"""The form and the help pages."""

from __future__ import annotations

import pytest

from skybatch.pages.help import TOPICS
from tests.support.html import Page
from tests.support.servers.http import BASE_URL, HttpClient


@pytest.mark.parametrize("path", ["/", "/?example=positions", "/help/"])
def test_a_page_is_html_that_closes_its_elements(batches: HttpClient, path: str) -> None:
    answer = batches.get(path)
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert Page(answer.body.decode()).unclosed == []


def test_an_example_fills_in_the_form(batches: HttpClient) -> None:
    assert batches.get("/").body != batches.get("/?example=positions").body
    assert batches.get("/").body == batches.get("/?example=nothing").body


def test_the_help_without_slash_leads_to_its_folder(batches: HttpClient) -> None:
    answer = batches.get("/help")
    assert (answer.status, answer.headers["location"]) == (302, f"{BASE_URL}/help/")


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_of_the_help_has_a_page(batches: HttpClient, topic: str) -> None:
    assert batches.get(f"/help/{topic}").status == 200


def test_an_unknown_topic_is_not_found(batches: HttpClient) -> None:
    assert batches.get("/help/nothing").status == 404
