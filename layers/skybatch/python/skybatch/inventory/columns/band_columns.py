"""Arrays by band that are made when they are used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


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
