"""``/registry``: the records that a registry can take."""

from __future__ import annotations

from pathlib import Path

from tests.support.registry.validation import violations
from tests.support.servers.http import BASE_URL, HttpClient


def test_every_record_is_listed_and_can_be_fetched(search: HttpClient, tmp_path: Path) -> None:
    listed = search.get("/registry/records").json()["records"]
    assert [each["id"] for each in listed] == ["service", "2mass-asky"]
    for each in listed:
        answer = search.get(each["url"].removeprefix(BASE_URL))
        assert (answer.status, answer.media_type) == (200, "text/xml")
        assert f"<identifier>{each['ivoid']}</identifier>" in answer.body.decode()
        assert violations(answer.body.decode(), tmp_path) == ""


def test_an_unknown_record_is_not_found(search: HttpClient) -> None:
    assert search.get("/registry/record/nothing").status == 404
