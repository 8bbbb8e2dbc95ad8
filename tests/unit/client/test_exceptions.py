"""Error responses become the server's own exceptions, and those of gateways something a caller can act on."""

from __future__ import annotations

import json

import pytest

from skybatch import errors
from skybatch.client import exceptions
from skybatch.client.exceptions import UnexpectedResponse, from_response
from skybatch.errors import CellError, SkybatchError

SERVER_ERRORS = [
    value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, SkybatchError)
]
CELLS = (
    CellError("dec", "99", "must lie between -90 and 90 degrees", line=2, row=1),
    CellError("bands", "Q", "must be J, H, K"),
)


@pytest.mark.parametrize("kind", SERVER_ERRORS, ids=lambda kind: kind.__name__)
def test_a_problem_document_becomes_the_exception_that_made_it(kind: type[SkybatchError]) -> None:
    sent = kind("What went wrong.", errors=list(CELLS))
    received = from_response(sent.status, json.dumps(sent.problem()).encode())
    assert type(received) is kind
    assert (received.detail, received.errors) == (sent.detail, sent.errors)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, UnexpectedResponse),
        (404, UnexpectedResponse),
        (413, errors.TooLarge),
        (429, errors.TooMany),
        (500, errors.Transient),
        (503, errors.Transient),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"message": "Forbidden"}', b'{"code": "unknown"}'])
def test_any_other_body_is_classified_by_its_status(
    status: int, kind: type[SkybatchError], body: bytes
) -> None:
    assert type(from_response(status, body)) is kind


def test_the_message_of_a_gateway_is_kept() -> None:
    assert from_response(503, b'{"message": "Service Unavailable"}').detail == "Service Unavailable"


@pytest.mark.parametrize(("status", "challenge"), [(401, ""), (401, "Bearer"), (403, 'Bearer scope=""')])
def test_what_an_authorizer_refuses_is_told_as_such(status: int, challenge: str) -> None:
    refused = from_response(status, b'{"message": "Unauthorized"}', challenge)
    assert (type(refused).__name__, refused.status, refused.retryable) == ("TokenRefused", 401, False)


@pytest.mark.parametrize("listed", [None, 3, ["text", 4], [{}], [{"unknown": 1, "rule": "r"}]])
def test_row_errors_of_another_shape_do_no_harm(listed: object) -> None:
    problem = {"code": "invalid", "detail": "d", "errors": listed}
    received = from_response(422, json.dumps(problem).encode())
    assert isinstance(received, errors.InvalidRequest)
    assert all(cell.column == "" for cell in received.errors)


@pytest.mark.parametrize(
    ("kind", "retryable"),
    [
        (exceptions.Unreachable, True),
        (exceptions.StillRunning, True),
        (exceptions.UnexpectedResponse, False),
        (exceptions.BatchFailed, False),
        (exceptions.TransferFailed, False),
        (exceptions.PackageMissing, False),
    ],
)
def test_exceptions_say_whether_the_same_call_can_succeed_later(
    kind: type[SkybatchError], retryable: bool
) -> None:
    assert kind("detail").retryable is retryable


def test_codes_are_stable_and_not_those_of_the_server() -> None:
    own = {
        kind.code
        for kind in vars(exceptions).values()
        if getattr(kind, "__module__", "") == exceptions.__name__ and hasattr(kind, "code")
    }
    assert own == {
        "batch_failed",
        "package_missing",
        "still_running",
        "token_refused",
        "transfer_failed",
        "unexpected_answer",
        "unreachable",
    }
    assert own.isdisjoint(kind.code for kind in SERVER_ERRORS)
