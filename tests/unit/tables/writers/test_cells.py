"""Values as text: nulls, numbers that read back exactly, and one printable line for any text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.tables.model import Table, double, integer, text
from skybatch.tables.writers.cells import cells, map_where, one_line
from skybatch.tables.writers.formats import write


def test_masked_and_missing_numbers_are_null() -> None:
    columns = (integer("i", ""), double("x", ""), double("y", "", format="%.2f"))
    data: dict[str, Any] = {
        "i": np.ma.array([1, 2], mask=[False, True]),
        "x": [None, 1.5],
        "y": np.array([np.nan, 2]),
    }
    assert write(Table(columns, data), "csv").decode() == "i,x,y\n1,,\n,1.5,2.00\n"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_without_format_reads_back_to_the_last_bit(value: float) -> None:
    assert float(cells(double("x", ""), [value])[0]) == value


def test_each_kind_of_value_has_its_null() -> None:
    assert cells(text("t", ""), ["a", None, ""], "null") == ["a", "null", "null"]
    assert cells(integer("i", ""), [1, None], "null") == ["1", "null"]
    assert cells(double("x", ""), np.array([1.5, np.nan]), "null") == ["1.5", "null"]


def test_an_array_is_its_numbers_with_blanks_between_and_null_if_all_are() -> None:
    column = double("x", "", arraysize="*")
    values = np.array([[1.0, 2.5], [1.0, np.nan], [np.nan, np.nan]])
    assert cells(column, values, "null") == ["1.0 2.5", "1.0 NaN", "null"]
    assert cells(integer("i", "", arraysize="*"), np.array([[1, 2]])) == ["1 2"]


@given(st.text())
def test_any_text_becomes_one_line_of_the_same_length(value: str) -> None:
    line = one_line(value)
    assert len(line) == len(value)
    assert len(line.splitlines()) <= 1
    line.encode()  # no lone surrogates


@pytest.mark.parametrize(("texts", "calls"), [(["a", "b"], 0), (["a", "<"], 2)])
def test_texts_are_changed_only_where_one_of_them_needs_it(texts: list[str], calls: int) -> None:
    changed: list[str] = []

    def change(value: str) -> str:
        changed.append(value)
        return value

    assert map_where(lambda joined: "<" in joined, change, texts) == texts
    assert len(changed) == calls
