"""Arrays by band that are made when they are used, and those of images that each have a row of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

OWN = "own"
"""Stands for the band in names of columns where each band of an image set has a row of its own."""


class BandColumns(Mapping[str, Any]):
    """Arrays by band, each made when it is first used."""

    def __init__(self, bands: tuple[str, ...], make: Callable[[str], Any]) -> None:
        self._bands, self._make = bands, make
        self._made: dict[str, Any] = {}

    def __getitem__(self, band: str) -> Any:
        if band not in self._bands:
            raise KeyError(band)
        if band not in self._made:
            self._made[band] = self._make(band)
        return self._made[band]

    def __iter__(self) -> Iterator[str]:
        return iter(self._bands)

    def __len__(self) -> int:
        return len(self._bands)


def spread_by_band(
    bands: tuple[str, ...], own_band: NDArray[np.integer], make: Callable[[str], Any]
) -> BandColumns:
    """Return arrays by band of rows that are of one band each; ``make(OWN)`` gives the values of all rows.

    ``own_band`` is the number of each row's band. A row has nothing of other bands: 0, NaN or no text.
    """
    rows = BandColumns((OWN,), make)

    def of_band(band: str) -> NDArray[Any]:
        values = np.asarray(rows[OWN])
        return np.where(own_band == bands.index(band), values, _nothing(values))

    return BandColumns(bands, of_band)


def own_values(by_band: Mapping[str, Any], own_band: NDArray[np.integer]) -> NDArray[Any]:
    """Return for each row the value of its own band, of arrays by band in the order of their numbers."""
    values = np.stack([np.asarray(column) for column in by_band.values()])
    return np.asarray(values[own_band, np.arange(len(own_band))])


def _nothing(values: NDArray[Any]) -> Any:
    return {"f": np.nan, "i": 0, "u": 0}.get(values.dtype.kind, "")
