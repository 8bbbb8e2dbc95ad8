"""Bodies that are posted, and the faults of each kind."""

from __future__ import annotations

import email
import gzip
from collections.abc import Callable, Iterator, Mapping

import pytest

from skybatch.deployment.findings import Finding, Level
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.post_checks import (
    LARGE_BYTES,
    check_form,
    check_gzip,
    check_json,
    check_large_answer,
    check_large_body,
    check_oversize_body,
    form_body,
)
from skybatch.deployment.smoke.probe import Answer
from tests.support.deployment.planned import faults, levels
from tests.support.deployment.scripted_service import PLAN, answer, planned, service

PLANNED = [check_json, check_form, check_gzip]
Check = Callable[[Context], Iterator[Finding]]


@pytest.mark.parametrize("check", [*PLANNED, check_large_body, check_oversize_body, check_large_answer])
def test_a_service_that_is_well(check: Check) -> None:
    assert faults(list(check(service()))) == set()


@pytest.mark.parametrize("check", PLANNED)
@pytest.mark.parametrize(
    "said", [answer(500), answer(200, PLAN | {"rows": 2}), answer(200, PLAN | {"images": 0})]
)
def test_a_plan_that_is_wrong(check: Check, said: Answer) -> None:
    name = check.__name__.removeprefix("check_")
    assert faults(list(check(service({"POST /plans": said})))) == {name}


def test_a_form_is_one_that_others_read() -> None:
    """Python's email package is the judge (RFC 7578 forms are MIME)."""
    body = form_body({"mode": "positions"}, "t.csv.gz", gzip.compress(b"ra,dec\n"))
    head = b"Content-Type: multipart/form-data; boundary=skybatch-smoke-boundary\r\n\r\n"
    _, mode, table = email.message_from_bytes(head + body).walk()
    assert mode.get_payload(decode=True) == b"positions"
    assert table.get_filename() == "t.csv.gz"


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (answer(500), Level.ERROR),
        (answer(413, {"message": "Request Entity Too Large"}), Level.ERROR),  # the gateway's, not ours
        (answer(413, {"code": "too_large"}), Level.SKIPPED),  # a deployment of a lower limit
    ],
)
def test_a_large_body_that_is_refused(said: Answer, level: Level) -> None:
    assert levels(list(check_large_body(service({"POST /plans": said})))) == {"large-body": level}


def test_a_large_body_is_as_large_as_it_says() -> None:
    sizes: list[int] = []

    def weighed(headers: Mapping[str, str], body: bytes) -> Answer:
        sizes.append(len(body))
        return planned(headers, body)

    list(check_large_body(service({"POST /plans": weighed})))
    assert sizes == [LARGE_BYTES]


@pytest.mark.parametrize("said", [answer(200, PLAN), answer(502), answer(500)])
def test_an_oversize_body_that_is_not_refused_as_such(said: Answer) -> None:
    assert faults(list(check_oversize_body(service({"POST /plans": said})))) == {"oversize-body"}


STORED = r"GET https://s3.example/results/answers/1"


@pytest.mark.parametrize(
    ("path", "said", "level"),
    [
        (r"POST /tables.*", answer(413), Level.SKIPPED),
        (r"POST /tables.*", answer(200), Level.ERROR),
        (r"POST /tables.*", answer(502), Level.ERROR),
        (STORED, answer(403), Level.ERROR),
        (STORED, answer(200, b"short"), Level.ERROR),
        (STORED, answer(200, b"v" * 4_100_000, access_control_allow_origin=""), Level.ERROR),
    ],
)
def test_a_large_answer_that_does_not_arrive(path: str, said: Answer, level: Level) -> None:
    assert levels(list(check_large_answer(service({path: said})))) == {"large-answer": level}
