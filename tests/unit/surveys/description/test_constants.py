"""Constants of columns, as the types of their columns have them."""

from __future__ import annotations

import pytest

from skybatch.surveys.description.constants import constant, is_constant


def test_a_constant_has_the_type_of_its_column() -> None:
    assert constant("2000.0", "double") == 2000.0
    assert (constant("3", "int"), constant("3", "char"), constant("", "int")) == (3, "3", None)


@pytest.mark.parametrize(("text", "kind"), [("1.5", "int"), ("inf", "double"), ("x", "double")])
def test_what_is_no_number_is_no_constant_of_numbers(text: str, kind: str) -> None:
    assert not is_constant(text, kind)  # type: ignore[arg-type]
    assert is_constant(text, "char")
