"""Parameters of VO services: names in any case, values as text, several allowed."""

from __future__ import annotations

import math

import pytest

from skybatch.errors import MalformedRequest
from skybatch.vo.parameters import (
    MAX_ROWS,
    Interval,
    Parameters,
    choice,
    interval,
    number,
    number_or_infinity,
    refused,
)

PARAMETERS = Parameters.of([("POS", " 1,2 "), ("pos", "3,4"), ("Mcen", ""), ("BAND", "  ")])


def test_names_are_case_insensitive_and_blank_values_not_given() -> None:
    assert PARAMETERS.every("Pos") == ("1,2", "3,4")
    assert PARAMETERS.text("POS") == "3,4"
    assert PARAMETERS.text("band", "a") == "a"
    assert PARAMETERS.every("band") == ()


def test_a_flag_is_named_without_a_value() -> None:
    assert PARAMETERS.named("MCEN")
    assert not PARAMETERS.named("size")


@pytest.mark.parametrize(("text", "rows"), [("", MAX_ROWS), ("5", 5), ("0", 0), ("99999999", MAX_ROWS)])
def test_maxrec_is_bounded(text: str, rows: int) -> None:
    assert Parameters.of({"MAXREC": text}).max_rows() == rows


@pytest.mark.parametrize("text", ["-1", "many", "1.5", "1e3"])
def test_maxrec_is_a_whole_number(text: str) -> None:
    with pytest.raises(MalformedRequest):
        Parameters.of({"MAXREC": text}).max_rows()


@pytest.mark.parametrize(("text", "value"), [("1", 1.0), ("-.5", -0.5), ("+1.5e-3", 0.0015), ("3.", 3.0)])
def test_numbers_are_decimal(text: str, value: float) -> None:
    assert number("X", text) == value
    assert number_or_infinity("X", text) == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e999", "0x1", "1_000", "1 2", "٣"])
def test_what_is_no_finite_decimal_number_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest) as refusal:
        number("SIZE", text)
    assert [error.column for error in refusal.value.errors] == ["SIZE"]


def test_infinities_are_spelled_as_dali_does() -> None:
    assert number_or_infinity("X", "-Inf") == -math.inf
    assert number_or_infinity("X", "+Inf") == math.inf


def test_a_choice_is_one_of_its_words_in_any_case() -> None:
    assert choice("INTERSECT", "Covers", {"covers": 1}) == 1
    with pytest.raises(MalformedRequest):
        choice("INTERSECT", "near", {"covers": 1})


def test_a_refusal_names_parameter_value_and_rule() -> None:
    (error,) = refused("POS", "x", "must be y").errors
    assert (error.column, error.value, error.rule) == ("POS", "x", "must be y")


@pytest.mark.parametrize(
    ("text", "expected"), [("1 2", (1.0, 2.0)), ("3", (3.0, 3.0)), ("-Inf 2e-6", (-math.inf, 2e-6))]
)
def test_an_interval_is_two_numbers_or_one(text: str, expected: tuple[float, float]) -> None:
    assert interval("BAND", text) == expected


@pytest.mark.parametrize("text", ["", "1 2 3", "2 1", "x", "1,2"])
def test_other_intervals_are_refused(text: str) -> None:
    with pytest.raises(MalformedRequest, match="BAND"):
        interval("BAND", text)


def test_intervals_meet_where_they_share_a_point() -> None:
    wanted = Interval(1.0, 2.0)
    assert [wanted.meets(*other) for other in ((0.0, 1.0), (1.5, 1.6), (2.0, 9.0), (0.0, 9.0))] == [True] * 4
    assert not wanted.meets(0.0, 0.9)
    assert not wanted.meets(2.1, 3.0)
