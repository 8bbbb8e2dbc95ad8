"""``resubmit`` and ``cancel``: what can be done with a batch that was accepted."""

from __future__ import annotations

import pytest

from tests.support.batches.in_process_service import Service
from tests.support.batches.openapi import violations
from tests.support.servers.http import HttpClient
from tests.support.survey.sample_archive import MadeArchive
from tests.unit.api.conftest import CENTER

FORM = "application/x-www-form-urlencoded"
POSITIONS = {"mode": "positions", "table": f"ra,dec\n{CENTER[0]},{CENTER[1]}\n", "form": "fits"}


@pytest.fixture
def service(sample: MadeArchive) -> Service:
    """Return a service whose batches hold one image, so that two of three are left over."""
    return Service(sample, max_batch_bytes=len(sample.plain[sample.key(0, "j")]) + 1000)


def run(service: Service) -> str:
    accepted = service.submit(**POSITIONS)
    assert service.run(accepted).unretrieved is not None
    return accepted.record.batch_id


def test_what_was_left_over_is_the_next_batch_of_the_chain(service: Service, batches: HttpClient) -> None:
    batch_id = run(service)
    answer = batches.post(f"/batches/{batch_id}/resubmit")
    assert (answer.status, violations(answer.json(), "SubmittedBatch")) == (202, [])
    chain = batches.get(f"/batches/{answer.json()['batch_id']}").json()["chain"]
    assert (chain["part"], chain["previous"]) == (2, batch_id)


def test_resubmitting_again_gives_the_same_batch(service: Service, batches: HttpClient) -> None:
    batch_id = run(service)
    bodies: list[tuple[bytes, dict[str, str]]] = [
        (b"", {}),
        (b'{"what": "unretrieved"}', {"content_type": "application/json"}),
        (b"what=unretrieved", {"content_type": FORM}),
    ]
    answers = [batches.post(f"/batches/{batch_id}/resubmit", body, **headers) for body, headers in bodies]
    assert len({answer.json()["batch_id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"what": "everything"}', 422, "invalid"),
        (b'{"what": "failed"}', 409, "conflict"),
        (b"[1]", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"what": ' + b"[" * 400 + b"]" * 400 + b"}", 422, "invalid"),
        (b'{"what": "\\ud800"}', 422, "invalid"),
        (b"\xff\xfe", 400, "malformed"),
        (b"x" * 300_000, 413, "too_large"),
    ],
)
def test_what_cannot_be_resubmitted_is_a_problem(
    service: Service, batches: HttpClient, body: bytes, status: int, code: str
) -> None:
    answer = batches.post(f"/batches/{run(service)}/resubmit", body)
    assert (answer.status, answer.json()["code"]) == (status, code)


def test_a_running_batch_is_cancelled(service: Service, batches: HttpClient) -> None:
    batch_id = service.submit(**POSITIONS).record.batch_id
    answer = batches.post(f"/batches/{batch_id}/cancel")
    assert (answer.status, answer.json()["batch_id"]) == (202, batch_id)
    assert service.store(batch_id).exists("cancel")


def test_a_batch_that_has_ended_cannot_be_cancelled(service: Service, batches: HttpClient) -> None:
    answer = batches.post(f"/batches/{run(service)}/cancel")
    assert (answer.status, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("ended", [False, True])
def test_a_browser_that_cancels_is_sent_to_the_results(
    service: Service, batches: HttpClient, ended: bool
) -> None:
    batch_id = run(service) if ended else service.submit(**POSITIONS).record.batch_id
    answer = batches.post(f"/batches/{batch_id}/cancel", accept="text/html")
    assert (answer.status, answer.headers["location"].rpartition("/")[2]) == (303, "results")


@pytest.mark.parametrize("action", ["resubmit", "cancel"])
def test_an_unknown_batch_is_not_found(batches: HttpClient, action: str) -> None:
    assert batches.post(f"/batches/{'0' * 32}/{action}").status == 404
