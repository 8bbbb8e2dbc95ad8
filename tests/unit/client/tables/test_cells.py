"""Cells of columns: angles in degrees, nulls empty, parts of coordinates as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.table import MaskedColumn

from skybatch.client.tables.cells import column_texts


@pytest.mark.parametrize(
    ("name", "values", "header", "cells"),
    [
        ("ra", [1.5, None], "ra", ["1.5", ""]),
        ("ra", [0.1] * u.rad, "ra", [repr(0.1 * u.rad.to("deg"))]),
        ("size", [1.0] * u.arcmin, "size", ["60.0"]),
        ("l", [10.0] * u.deg, "l", ["10.0"]),
        ("RAh", [4] * u.h, "RAh", ["4"]),
        ("DEm", [30.5] * u.arcmin, "DEm", ["30.5"]),
        ("flux", [1.0] * u.Jy, "flux (Jy)", ["1.0"]),
        ("id", np.array([b"a", b"b"]), "id", ["a", "b"]),
        ("ra", MaskedColumn([1.0, 2.0], mask=[True, False]), "ra", ["", "2.0"]),
        ("xdate", [3, 991231], "xdate", ["000003", "991231"]),
    ],
)
def test_a_column_is_text(name: str, values: Any, header: str, cells: list[str]) -> None:
    assert column_texts(name, values) == (header, cells)


@pytest.mark.parametrize("values", [np.ones((2, 3)), [[1, 2], [3, 4]]])
def test_cells_that_are_arrays_make_no_column(values: Any) -> None:
    assert column_texts("a", values) is None
