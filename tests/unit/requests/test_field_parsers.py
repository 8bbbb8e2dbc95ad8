"""Fields of a request, as JSON or a form sends them."""

from __future__ import annotations

import pytest

from skybatch.requests.field_parsers import (
    MAX_LABEL_CHARACTERS,
    as_text,
    one_of,
    parse_bands,
    parse_center,
    parse_diameter,
    parse_label,
    parse_mode,
    with_default,
)
from skybatch.requests.model import Mode
from skybatch.sky.coordinates import Location
from skybatch.validation import InvalidValue


@pytest.mark.parametrize(("value", "text"), [(" a ", "a"), (12, "12"), (0.5, "0.5")])
def test_texts_and_numbers_are_text(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize("value", [True, None, {}, ["a"]])
def test_other_values_are_no_text(value: object) -> None:
    with pytest.raises(InvalidValue):
        as_text(value)


@pytest.mark.parametrize("absent", [None, "", "  ", [None], ["a", ""]])
def test_an_absent_null_or_empty_field_is_the_default(absent: object) -> None:
    assert with_default(str, "default")(absent) == "default"


def test_of_a_field_sent_several_times_the_last_counts() -> None:
    assert with_default(str, "")(["false", "true"]) == "true"


@pytest.mark.parametrize(
    ("value", "bands"),
    [
        ("J", ("j",)),
        ("Ks", ("k",)),
        ("k h", ("h", "k")),
        ("K,J,K", ("j", "k")),
        (["j", "Ks"], ("j", "k")),
        ("all", ("j", "h", "k")),
        ("", ("j", "h", "k")),
        ([], ("j", "h", "k")),
        ([None], ("j", "h", "k")),
    ],
)
def test_bands_come_in_order_of_wavelength_whatever_was_sent(value: object, bands: tuple[str, ...]) -> None:
    assert parse_bands(value) == bands


@pytest.mark.parametrize("value", ["x", "JX", ["j", 1], [["j"]], True])
def test_other_bands_are_invalid(value: object) -> None:
    with pytest.raises(InvalidValue):
        parse_bands(value)


def test_modes_are_words_in_any_case() -> None:
    modes = [mode for mode in Mode if mode is not Mode.IMAGE_IDS]  # which the default survey has not
    assert [parse_mode(str(mode).upper()) for mode in modes] == modes
    with pytest.raises(InvalidValue):
        parse_mode("everything")


def test_a_label_is_one_printable_line_of_bounded_length() -> None:
    assert parse_label("é" * MAX_LABEL_CHARACTERS) == "é" * MAX_LABEL_CHARACTERS
    for text in ("x" * (MAX_LABEL_CHARACTERS + 1), "a\nb", "\x1b[31m"):
        with pytest.raises(InvalidValue):
            parse_label(text)


def test_a_diameter_is_a_number_of_degrees_of_any_size() -> None:
    assert parse_diameter("1e3") == 1000.0
    for text in ("wide", "1d", "nan"):
        with pytest.raises(InvalidValue):
            parse_diameter(text)


def test_a_center_is_a_coordinate_or_else_a_name() -> None:
    assert isinstance(parse_center("204.2540 -29.8654"), Location)
    assert parse_center("m83") == "m83"
    with pytest.raises(InvalidValue):
        parse_center("204.2540 -99.8654")


def test_one_of_a_few_words_in_any_case() -> None:
    assert one_of("overlap", "cover")("COVER") == "cover"
    with pytest.raises(InvalidValue):
        one_of("overlap", "cover")("near")
