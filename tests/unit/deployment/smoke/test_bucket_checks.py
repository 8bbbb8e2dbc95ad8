"""Both buckets as pages and programs reach them, and what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.deployment.findings import Finding, Level
from skybatch.deployment.smoke.bucket_checks import (
    check_archive_bucket,
    check_missing,
    check_results_bucket,
)
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Answer
from tests.support.deployment.planned import faults, levels
from tests.support.deployment.scripted_service import ID, SAMPLE, STATUS, answer, service

STORED = r"GET https://s3.example/(archive/image.*|results/tar)"
CHECKS = {"results-bucket": check_results_bucket, "archive-bucket": check_archive_bucket}


def after_crops(changes: dict[str, Any] | None = None) -> Context:
    context = service(changes)
    context.batches["crops"] = dict(STATUS)
    return context


@pytest.mark.parametrize("check", [*CHECKS.values(), check_missing])
def test_a_service_that_is_well(check: Any) -> None:
    assert faults(list(check(after_crops()))) == set()


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize(
    "changes",
    [
        {STORED: answer(200, b"0123456789")},  # the range was not heeded
        {STORED: answer(206, b"012345678")},
        {STORED: answer(403)},
        {STORED: answer(206, b"0123456789", access_control_allow_origin="")},
        {STORED: answer(206, b"0123456789", access_control_allow_origin="https://page.example")},
        {STORED: answer(206, b"0123456789", access_control_expose_headers="ETag")},
        {r"HEAD .*": answer(403)},
        {r"HEAD .*": answer(200, b"")},
        {rf"GET ({SAMPLE.path}|.*images.tar)": answer(200, b"sent by the function")},
    ],
    ids=str,
)
def test_a_fault_of_a_bucket(name: str, changes: dict[str, Any]) -> None:
    assert faults(list(CHECKS[name](after_crops(changes)))) == {name}


def test_a_length_that_head_has_wrong() -> None:
    wrong = {r"HEAD .*files/images.tar": answer(200, b"12")}
    assert faults(list(check_results_bucket(after_crops(wrong)))) == {"results-bucket"}


@pytest.mark.parametrize("said", [answer(403), answer(500), answer(200)])
def test_what_is_missing_and_not_404(said: Answer) -> None:
    for path in (SAMPLE.missing_path, f"/batches/{'0' * 32}", f"/batches/{ID}/files/none.txt"):
        assert faults(list(check_missing(after_crops({f"GET {path}": said})))) == {"missing"}


def test_a_redirect_to_what_is_forbidden() -> None:
    led = answer(302, location="https://s3.example/archive/none")
    changes = {f"GET {SAMPLE.missing_path}": led, r"GET https://s3.example/archive/none": answer(403)}
    assert faults(list(check_missing(after_crops(changes)))) == {"missing"}


PUBLIC = "https://b.s3.us-west-2.example/image"


def of_public_images(*answers: tuple[str, Answer]) -> list[Finding]:
    """What is found of a service whose images lie in a public bucket; the last answers count."""
    led = answer(302, location=PUBLIC)
    changes: dict[str, Any] = {f"GET {SAMPLE.path}": led, f"HEAD {SAMPLE.path}": led}
    changes |= {f"HEAD {PUBLIC}": answer(200, b"0123456789"), f"GET {PUBLIC}": answer(206, b"0123456789")}
    return list(check_archive_bucket(after_crops({**changes, **dict(answers)})))


def test_a_public_bucket_that_is_well() -> None:
    assert levels(of_public_images()) == {"public-bucket": Level.OK}


def test_what_pages_may_not_read_of_a_bucket_of_others_is_a_warning() -> None:
    closed = (f"GET {PUBLIC}", answer(206, b"0123456789", access_control_allow_origin=""))
    assert levels(of_public_images(closed)) == {"public-bucket": Level.WARNING}


@pytest.mark.parametrize("verb", ["GET", "HEAD"])
def test_a_public_bucket_that_refuses_is_a_fault(verb: str) -> None:
    assert levels(of_public_images((f"{verb} {PUBLIC}", answer(403))))["public-bucket"] is Level.ERROR
