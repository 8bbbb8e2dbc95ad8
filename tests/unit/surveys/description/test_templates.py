"""Templates: written with values, and as patterns that find the values again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.surveys.description.templates import Template, is_pattern

KEY = Template("{date}{hem}/s{scan:03d}/image/{band.token}i{scan:03d}{image:04d}")
MATCHES = {"date": "[0-9]{6}", "hem": "[ns]", "scan": "[0-9]{3}", "image": "[0-9]{4}", "band.token": "[jhk]"}


def test_a_template_is_written_with_values() -> None:
    values = {"date": "001126", "hem": "n", "scan": 101, "image": 266, "band.token": "j"}
    assert KEY.format(values) == "001126n/s101/image/ji1010266"


def test_slices_are_characters_of_a_part() -> None:
    assert Template("{tile[0:2]}/{tile[2:]}/{tile}").format({"tile": "0384p651"}) == "03/84p651/0384p651"


@given(st.integers(1, 999), st.integers(1, 9999), st.sampled_from("jhk"))
def test_a_pattern_finds_what_was_written(scan: int, image: int, band: str) -> None:
    values = {"date": "001126", "hem": "s", "scan": scan, "image": image, "band.token": band}
    found = re.fullmatch(KEY.pattern(MATCHES), KEY.format(values))
    assert found is not None
    assert (int(found["scan"]), int(found["image"]), found["band__token"]) == (scan, image, band)


def test_characters_beside_parts_stand_for_themselves() -> None:
    pattern = Template("a.b+{x}").pattern({"x": "[0-9]"})
    assert re.fullmatch(pattern, "a.b+1")
    assert not re.fullmatch(pattern, "aXbb1")


@pytest.mark.parametrize("text", ["{", "{}", "{a b}", "{a!r}", "{a.b.c}", "{a:>10}", "{a[0]}", "}"])
def test_other_braces_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="braces"):
        Template(text)


@pytest.mark.parametrize(
    "text", ["[0-9]{4}[mp][0-9]{3}_[a-z]{2}[0-9]{2}", "w[1-4]", r"\d{3}", r"a\.b", "[0-9]{1,4}"]
)
def test_patterns_are_classes_and_characters_with_counts(text: str) -> None:
    assert is_pattern(text)


@pytest.mark.parametrize(
    "text", ["", ".*", "a+", "(a)", "a|b", "[^/]", "[z-a]", "a{3", "a{2,1}", "a?", "^a$", "\\"]
)
def test_what_could_take_long_or_match_anything_is_no_pattern(text: str) -> None:
    assert not is_pattern(text)
