"""One request, one answer, and how long it took."""

from __future__ import annotations

import pytest

from skybatch.deployment.smoke.probe import Answer, Probe
from tests.support.servers.raw_server import raw_server, response


def test_a_redirect_is_an_answer() -> None:
    with raw_server(lambda _, send: send(response(302, Location="https://s3.example/a"))) as url:
        probe = Probe(url)
        assert probe.location("/file") == "https://s3.example/a"
        assert probe.call("GET", "/file").status == 302


def test_what_is_no_redirect_leads_nowhere() -> None:
    with raw_server(lambda _, send: send(response(200, "here"))) as url:
        assert Probe(url).location("/file") == ""


def test_times_are_kept_by_label() -> None:
    with raw_server(lambda _, send: send(response(200))) as url:
        probe = Probe(url + "/")
        probe.call("GET", "/a?b=1")
        probe.call("GET", f"{url}/c", label="S3")
    assert {label: len(taken) for label, taken in probe.seconds.items()} == {"GET /a": 1, "S3": 1}


def test_no_answer_is_status_0_and_its_cause() -> None:
    answer = Probe("http://127.0.0.1:9").call("GET", "/")
    assert answer.status == 0
    assert "refused" in answer.body.decode()


@pytest.mark.parametrize(
    ("body", "said"),
    [(b'{"detail": "too many rows"}', "422 (too many rows)"), (b"<p>", "422 (<p>)"), (b"", "422")],
)
def test_an_answer_in_a_few_words(body: bytes, said: str) -> None:
    assert Answer(422, {}, body, 0.0).summary() == said


@pytest.mark.parametrize("body", [b"", b"[1]", b"\xff"])
def test_what_is_no_object_is_an_empty_one(body: bytes) -> None:
    assert Answer(200, {}, body, 0.0).json() == {}
