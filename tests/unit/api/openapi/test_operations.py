"""The building blocks of operations."""

from __future__ import annotations

from skybatch import errors
from skybatch.api.openapi.operations import ANY_ERRORS, operation, parameter, problems


def test_errors_of_one_status_share_a_response_that_names_each_code() -> None:
    responses = problems((errors.InventoryError, errors.Transient))
    assert list(responses) == ["503"]
    assert "`inventory`" in responses["503"]["description"]
    assert "`transient`" in responses["503"]["description"]


def test_only_errors_worth_retrying_have_a_retry_after_header() -> None:
    responses = problems((errors.NotFound, errors.TooMany))
    assert "headers" not in responses["404"]
    assert "Retry-After" in responses["429"]["headers"]


def test_an_operation_has_the_errors_that_any_can_end_in() -> None:
    made = operation("tag", "doSomething", "summary", {"200": {"description": "x"}}, (errors.NotFound,))
    expected = {"200", "404", *(str(error.status) for error in ANY_ERRORS)}
    assert set(made["responses"]) == expected


def test_only_parameters_of_the_path_are_required() -> None:
    assert parameter("id")["required"]
    assert not parameter("after", "query")["required"]
