"""Which types, shapes and values the columns of an inventory may have."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from skybatch.errors import InventoryError
from skybatch.inventory.column_types import (
    COLUMN_TYPES,
    RECORD_WITHOUT_TILES,
    check_records,
    check_values,
    column_from_manifest,
)
from skybatch.inventory.image_sets import RECORD
from tests.support.survey.format2 import to_records, zone_ordered
from tests.support.survey.synthetic_survey import synthetic


def described(dtype: np.dtype[Any]) -> object:
    """What numpy itself says of a type, as it stands in a manifest."""
    return json.loads(json.dumps(np.lib.format.dtype_to_descr(dtype)))


@pytest.mark.parametrize("scans", [0, 3])
def test_every_column_that_is_published_is_allowed(scans: int) -> None:
    sets = synthetic(3).take(np.arange(23 * scans))
    columns = zone_ordered(sets)
    assert columns.keys() == COLUMN_TYPES.keys()
    for name, column in columns.items():
        kind = COLUMN_TYPES[name]
        assert kind.dtype(described(column.dtype)) == column.dtype
        assert kind.allows(list(column.shape), len(sets))
        check_values(name, column)


@pytest.mark.parametrize(
    "change",
    [
        {"dtype": "|O"},
        {"dtype": "<f4"},
        {"dtype": [["a", "|O"]]},
        {"dtype": None},
        {"shape": [4]},
        {"shape": [3.0]},
        {"shape": [-3]},
        {"shape": [1, 3]},
        {"shape": 3},
        {"offset": 120},
        {"offset": -128},
        {"offset": "128"},
        {"bytes": 2**63},
        {"bytes": None},
    ],
)
def test_a_column_that_cannot_be_is_refused_by_its_name(change: dict[str, object]) -> None:
    entry = {"dtype": "<f8", "shape": [3], "offset": 128, "bytes": 152}
    with pytest.raises(InventoryError, match="crval1"):
        column_from_manifest("crval1", {**entry, **change}, 3)


def test_records_are_read_with_and_without_tiles() -> None:
    for dtype in (RECORD, RECORD_WITHOUT_TILES):
        assert COLUMN_TYPES["records"].dtype(described(dtype)) == dtype


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("zone_key", [1, 3, 2]),
        ("key", [5, 4]),
        ("scan_code", [5, 4]),
        ("shapes", [[512, 1024, 256.5, 512.5, 0.0, 2.8e-4]]),
        ("shapes", [[512, 1024, 256.5, 512.5, np.nan, 2.8e-4]]),
        ("shapes", [[0, 1024, 256.5, 512.5, -2.8e-4, 2.8e-4]]),
        ("shapes", [[512, 1024, 256.5, 512.5, -1e300, 1e300]]),
    ],
)
def test_values_on_which_no_look_up_can_rely_are_refused(name: str, values: list[Any]) -> None:
    with pytest.raises(InventoryError, match=name):
        check_values(name, np.array(values))


def test_row_numbers_stay_within_what_they_number() -> None:
    check_values("key_set", np.array([0, 2]), below=3)
    with pytest.raises(InventoryError, match="key_set"):
        check_values("key_set", np.array([0, 3]), below=3)


@pytest.mark.parametrize(("field", "value"), [("suffix", 200), ("quicklook_suffix", 7), ("hem", b"\xff")])
def test_records_of_unknown_suffixes_or_text_are_refused(field: str, value: object) -> None:
    records = to_records(synthetic(1))
    check_records(records)
    records[field][3] = value
    with pytest.raises(InventoryError, match="records"):
        check_records(records)
