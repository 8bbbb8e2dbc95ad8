"""Arrays by band that are made when they are used."""

from __future__ import annotations

import pytest

from skybatch.inventory.columns.band_columns import BandColumns


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
