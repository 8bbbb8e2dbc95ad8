"""Escapes of text in our tables: what is written is harmless, and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.tables.schemas.batch import ROWS
from skybatch.tables.text_escapes import from_ascii, protect, restorer, to_ascii, unprotect


@given(st.text(alphabet="=+-@' a＝", max_size=6))
def test_protected_text_is_no_formula_and_comes_back(cell: str) -> None:
    assert not protect(cell).lstrip(" ").startswith(("=", "+", "-", "@", "＝"))
    assert unprotect(protect(cell)) == cell


@given(st.text(max_size=20).filter(str.isprintable) | st.text(alphabet="\\xuU0e9é5c", max_size=12))
def test_escaped_text_is_ascii_and_comes_back(cell: str) -> None:
    assert to_ascii(cell).isascii()
    assert from_ascii(to_ascii(cell)) == cell


@pytest.mark.parametrize("cell", ["\\x0a", "\\x00", "\\u202e", "\\ud800", "\\Uffffffff"])
def test_escapes_of_characters_that_cannot_be_shown_stay(cell: str) -> None:
    assert from_ascii(cell) == cell


def test_only_tables_of_this_service_are_restored() -> None:
    rows = [column.name for column in ROWS]
    assert restorer("CSV table", ["id", "ra"], from_service=False) is None
    assert restorer("CSV table", ["id", "ra"], from_service=True) is unprotect
    assert restorer("TSV table", rows, from_service=False) is unprotect
    assert restorer("IPAC table", rows, from_service=False) is from_ascii
    assert restorer("VOTable", ["id"], from_service=True) is None
