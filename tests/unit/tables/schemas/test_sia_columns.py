"""Columns that two sets call by different names hold the same values."""

from __future__ import annotations

from skybatch.tables.model import double
from skybatch.tables.schemas.batch import INVENTORY
from skybatch.tables.schemas.search import SIA_SEARCH
from skybatch.tables.schemas.sia_columns import renamed


def test_a_renamed_column_reads_the_values_of_the_first() -> None:
    column = double("scale", "Degrees per pixel.", unit="deg")
    other = renamed(column, "sia_scale", unit="deg/pix")
    assert (other.name, other.unit, other.source) == ("sia_scale", "deg/pix", "scale")
    assert renamed(other, "again").source == "scale"


def test_both_sets_give_the_same_values_for_a_ucd_of_sia() -> None:
    """Except the title: a batch's is stored under its own key."""
    batch = {column.ucd: column.source for column in INVENTORY if column.ucd.startswith(("VOX:", "POS_"))}
    search = {column.ucd: column.source for column in SIA_SEARCH if column.ucd.startswith(("VOX:", "POS_"))}
    shared = batch.keys() & search.keys() - {"VOX:Image_Title"}
    assert len(shared) >= 12
    assert {ucd: batch[ucd] for ucd in shared} == {ucd: search[ucd] for ucd in shared}
