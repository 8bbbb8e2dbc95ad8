"""The columns of conditions are those of the tables that searches return."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skybatch.inventory.inventory import Inventory
from skybatch.surveys.known import default_survey
from skybatch.tables.model import Table
from skybatch.tables.schemas.image_rows import ImageRows
from skybatch.tables.schemas.image_table import image_data
from skybatch.tables.schemas.search import NATIVE_SEARCH
from skybatch.vo.where.columns import (
    KINDS,
    WRITTEN_STEPS,
    ImageColumns,
    constant_columns,
    kinds,
    steps_of_written,
)
from tests.support.survey.descriptions import plain_survey


def test_columns_are_those_of_the_table_handed_out(
    inventory: Inventory, columns: dict[str, ImageColumns]
) -> None:
    details = inventory.details(np.arange(inventory.size))
    count = len(details)
    images = ImageRows(
        dataset=["asky"] * count,
        set_index=details.set_index,
        band=["h"] * count,
        type=["A"] * count,
        url=[""] * count,
    )
    table = Table(NATIVE_SEARCH, image_data({"asky": details}, images, NATIVE_SEARCH))
    for column in NATIVE_SEARCH:
        ours = np.broadcast_to(np.asarray(columns["h"][column.name]), count)
        np.testing.assert_array_equal(ours, np.asarray(table.values(column)))


@pytest.mark.parametrize(
    ("condition", "written"),
    [("ra < 1", 0), ("FNAME like '%a%'", 1), ("fname = 'a' or fname = 'b'", 1), ("ra in (1, 2)", 0)],
)
def test_texts_that_are_put_together_are_charged_once(condition: str, written: int) -> None:
    assert steps_of_written(condition, default_survey()) == written * WRITTEN_STEPS["fname"]


def test_every_column_of_the_table_has_a_kind(columns: dict[str, ImageColumns]) -> None:
    assert list(columns["j"]) == list(KINDS) == [column.name for column in NATIVE_SEARCH]
    assert len(columns["j"]) == len(KINDS)
    with pytest.raises(KeyError):
        columns["j"]["andromeda"]


def test_links_to_files_are_no_columns_of_conditions() -> None:
    with_links = (
        '[columns]\nmask = { of = "product:image", doc = "x" }\nwhere = { of = "cloud", doc = "x" }\n'
        'plane = { of = "geometry:ctype1", doc = "x" }\n'
        'year = { of = "const:2000.0", type = "double", doc = "x" }\n'
    )
    survey = plain_survey(("[fields]\n", f"{with_links}[fields]\n"))
    known = kinds(survey)
    assert {"mask", "where"}.isdisjoint(known)
    assert (known["plane"], known["year"]) == ("text", "number")
    assert "year" in constant_columns(survey)


def test_bands_share_what_is_computed_of_their_sets(inventory: Inventory) -> None:
    details = inventory.details([3, 4])
    shared: dict[str, Any] = {}
    first = ImageColumns(details, "j", shared)["ra1"]
    assert ImageColumns(details, "h", shared)["ra1"] is first
