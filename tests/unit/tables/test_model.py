"""Tables for the writers: every column has values, and all the same number."""

from __future__ import annotations

import pytest

from skybatch.tables.model import Table, double, integer, text


def test_columns_without_values_or_of_other_lengths_are_errors() -> None:
    columns = (integer("a", ""), integer("b", "", key="c"))
    with pytest.raises(ValueError, match="no values for c"):
        Table(columns, {"a": [1], "b": [1]})
    with pytest.raises(ValueError, match="different lengths"):
        Table(columns, {"a": [1], "c": [1, 2]})


def test_a_column_takes_its_values_from_its_key() -> None:
    column = integer("scntr", "", key="row_number")
    table = Table((column,), {"row_number": [1, 2, 3], "other": [0]})
    assert len(table) == 3
    assert table.values(column, slice(1, None)) == [2, 3]


def test_the_kind_of_a_column_follows_from_its_type_and_array_size() -> None:
    kinds = [text("t", ""), integer("i", ""), double("x", "", arraysize="*")]
    assert [(c.is_text, c.is_array) for c in kinds] == [(True, False), (False, False), (False, True)]


def test_a_table_without_columns_has_no_rows() -> None:
    assert len(Table((), {})) == 0
