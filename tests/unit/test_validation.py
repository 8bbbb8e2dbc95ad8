"""Invalid values are collected, bounded, and shown in a form that is safe to print."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest
from skybatch.validation import MAX_ERRORS, MAX_SHOWN_CHARACTERS, ErrorCollector, displayable


def test_nothing_is_raised_without_errors() -> None:
    ErrorCollector().raise_if_any()


def test_every_error_is_reported_with_its_place() -> None:
    errors = ErrorCollector()
    errors.add("ra", "x", "must be a number", line=3, row=1)
    errors.add("dec", None, "must not be empty", line=4, row=2)
    with pytest.raises(InvalidRequest) as caught:
        errors.raise_if_any()
    assert [(e.column, e.value, e.line, e.row) for e in caught.value.errors] == [
        ("ra", "x", 3, 1),
        ("dec", "", 4, 2),
    ]
    assert all(name in caught.value.detail for name in ("ra", "dec", "2 errors"))


def test_errors_are_bounded_in_number() -> None:
    errors = ErrorCollector()
    for row in range(MAX_ERRORS + 50):
        assert errors.full == (row >= MAX_ERRORS)
        errors.add("ra", row, "must be a number")
    assert len(errors.found) == MAX_ERRORS
    assert errors.found[-1].value == str(MAX_ERRORS - 1)


@pytest.mark.parametrize("value", ["x" * 10_000, "\x1b[31m\n\u2028", 10**399, None, b"\x00"])
def test_any_value_is_shown_as_one_short_printable_line(value: object) -> None:
    shown = displayable(value)
    assert shown.isprintable()
    assert len(shown) <= MAX_SHOWN_CHARACTERS
