"""The error of a refused value names it."""

from __future__ import annotations

from skybatch.client.tables.refusals import refused


def test_a_refusal_has_column_value_and_rule() -> None:
    (cell,) = refused("size", 3, "must be text").errors
    assert (cell.column, cell.value, cell.rule) == ("size", "3", "must be text")
