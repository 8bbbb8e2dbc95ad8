"""Preflights and readable answers, and what a fault of them looks like."""

from __future__ import annotations

import pytest

from skybatch.deployment.smoke.cors_checks import check_preflights, check_readable
from skybatch.deployment.smoke.probe import Answer
from tests.support.deployment.planned import faults
from tests.support.deployment.scripted_service import answer, service


def test_every_documented_path_is_asked_as_a_page_asks() -> None:
    context = service()
    assert faults(list(check_preflights(context))) == set()
    assert [line for line in context.probe.asked if line.startswith("OPTIONS")] == [  # type: ignore[attr-defined]
        "OPTIONS /batches",
        "OPTIONS /batches/x",
    ]


@pytest.mark.parametrize(
    "said",
    [
        answer(404),
        answer(403, {"message": "CORS origin denied"}),
        answer(204, access_control_allow_origin="https://other.example", access_control_allow_headers="*"),
        answer(204, access_control_allow_headers="content-type"),
    ],
)
def test_a_preflight_that_is_refused_is_a_fault(said: Answer) -> None:
    assert faults(list(check_preflights(service({"OPTIONS .*": said})))) == {"preflights"}


def test_without_a_document_nothing_can_be_asked() -> None:
    assert faults(list(check_preflights(service({"GET /openapi.json": answer(500)})))) == {"preflights"}


def test_an_error_that_no_page_may_read_is_a_fault() -> None:
    assert faults(list(check_readable(service()))) == set()
    closed = answer(404, access_control_allow_origin="")
    assert faults(list(check_readable(service({"GET /batches/none": closed})))) == {"cors"}
