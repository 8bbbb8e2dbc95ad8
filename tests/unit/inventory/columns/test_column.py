"""What a manifest may say of a column's file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skybatch.errors import InventoryError
from skybatch.inventory.columns.column import Column, damaged, is_shape, plain_type


@pytest.mark.parametrize(
    "name", ["|u1", "<u2", "<u4", "<u8", "|i1", "<i4", "<i8", "<f4", "<f8", "|S14", "|b1"]
)
def test_types_of_numbers_and_bytes_are_read(name: str) -> None:
    assert plain_type(name) == np.dtype(name)
    assert np.dtype(name).str == name


@pytest.mark.parametrize(
    "name", ["|O", "O", ">f8", "<U6", "|V8", "<M8[s]", "|S0", "|S1000", "<f8,|O", "", None, ["<f8"], 8]
)
def test_no_other_type_is_made(name: object) -> None:
    assert plain_type(name) is None


@pytest.mark.parametrize(
    ("shape", "axes", "is_one"),
    [
        ([3], 1, True), ([3, 2], 2, True), ([0], 1, True), ([3], 2, False), ([-1], 1, False),
        ([3.0], 1, False), ([True], 1, False), (3, 1, False),
    ],
)  # fmt: skip
def test_shapes_are_lists_of_lengths(shape: object, axes: int, is_one: bool) -> None:
    assert is_shape(shape, axes) == is_one


def test_a_row_of_pairs_has_the_bytes_of_both(tmp_path: Path) -> None:
    pairs = np.arange(6.0).reshape(3, 2)
    np.save(tmp_path / "crval.npy", pairs)
    column = Column.checked("crval", {"offset": 128, "bytes": 176}, np.dtype("<f8"), [3, 2])
    assert column.row_bytes == 16
    assert np.array_equal(column.map(tmp_path / "crval.npy"), pairs)


@pytest.mark.parametrize(
    "entry", [{}, {"offset": 128, "bytes": 175}, {"offset": -1, "bytes": 47}, {"offset": True, "bytes": 49}]
)
def test_a_length_that_is_not_of_the_shape_is_refused_by_the_columns_name(entry: dict[str, int]) -> None:
    with pytest.raises(InventoryError, match="crval"):
        Column.checked("crval", entry, np.dtype("<f8"), [3, 2])


def test_a_file_of_another_size_than_its_manifest_says_is_refused(tmp_path: Path) -> None:
    column = Column.checked("crval1", {"offset": 128, "bytes": 152}, np.dtype("<f8"), [3])
    (tmp_path / "x.npy").write_bytes(b"short")
    with pytest.raises(InventoryError):
        column.map(tmp_path / "x.npy")
    np.save(tmp_path / "x.npy", np.array([1.0, 2.0, 3.0]))
    assert column.map(tmp_path / "x.npy").tolist() == [1.0, 2.0, 3.0]


def test_damage_is_named() -> None:
    assert "magzp.j" in damaged("magzp.j").detail
