"""Arrays by band that are made when they are used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skybatch.inventory.columns.band_columns import OWN, BandColumns, own_values, spread_by_band


def test_each_band_is_made_once_when_it_is_used() -> None:
    made: list[str] = []

    def make(band: str) -> str:
        made.append(band)
        return band.upper()

    columns = BandColumns(("j", "h"), make)
    assert (list(columns), len(columns), made) == (["j", "h"], 2, [])
    assert (columns["h"], columns["h"], made) == ("H", "H", ["h"])
    with pytest.raises(KeyError):
        columns["k"]


@pytest.mark.parametrize(
    ("values", "nothing"), [([5, 7, 9], 0), ([0.5, 7.0, 9.25], np.nan), (["CCD1", "a", ".fits.gz"], "")]
)
def test_rows_of_one_band_each_have_nothing_of_others(values: list[Any], nothing: Any) -> None:
    own_band = np.array([2, 0, 2], np.uint8)
    made: list[str] = []

    def make(band: str) -> Any:
        made.append(band)
        return np.array(values)

    columns = spread_by_band(("g", "r", "i"), own_band, make)
    np.testing.assert_array_equal(columns["g"], np.array([nothing, values[1], nothing]))
    np.testing.assert_array_equal(columns["r"], np.array([nothing] * 3))
    np.testing.assert_array_equal(columns["i"], np.array([values[0], nothing, values[2]]))
    assert made == [OWN]
    np.testing.assert_array_equal(own_values(columns, own_band), np.array(values))


def test_text_of_any_length_and_kind_is_kept() -> None:
    own_band = np.array([1, 0])
    by_band = {"g": np.array(["", "long text"]), "r": np.array(["x", ""])}
    assert own_values(by_band, own_band).tolist() == ["x", "long text"]
    suffixes = {"g": np.array(["", ".fits"], object), "r": np.array([".fits.gz", ""], object)}
    spread = spread_by_band(("g", "r"), own_band, lambda _: own_values(suffixes, own_band))
    assert (spread["g"].tolist(), spread["r"].tolist()) == (["", ".fits"], [".fits.gz", ""])
