"""Projections that astropy.wcs works out, one image at a time: for the candidates of a look-up, not for all.

astropy's inverse may put positions on the other side of the sky inside an image, so what it gives is taken
back to the sky, and counts only where it returns to within a hundredth of a pixel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUND_TRIP_PIXELS = 0.01
_PARAMETER = re.compile(r"PV([12])_(\d+)")


@dataclass(frozen=True)
class AstropyMap:
    """The WCS of one image: code of its projection, CRPIX, CRVAL, CD in degrees, and its further cards."""

    projection: str
    crpix: tuple[float, float]
    crval: tuple[float, float]
    cd: tuple[float, float, float, float]
    terms: tuple[tuple[str, float], ...] = field(default=())

    def to_sky(self, x: Floats, y: Floats) -> Floats:
        """Return longitude and latitude, degrees (n, 2), of FITS pixel positions; NaN off the sky."""
        pixels = np.stack([np.ravel(x), np.ravel(y)], axis=-1)
        found = _masked(self._wcs.p2s, pixels, "world")
        return np.where(np.abs(found[:, 1:]) <= 90.0, found, np.nan)

    def to_pixel(self, longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
        """Return FITS pixel positions (n,) of positions in degrees; NaN where they are not shown."""
        world = np.stack([longitude, latitude], axis=-1)
        pixels = _masked(self._wcs.s2p, world, "pixcrd")
        again = _masked(self._wcs.p2s, pixels, "world")
        near = _separation(again, world) <= ROUND_TRIP_PIXELS * self._pixel
        return np.where(near, pixels[:, 0], np.nan), np.where(near, pixels[:, 1], np.nan)

    @property
    def _pixel(self) -> float:
        """Degrees of the shorter side of a pixel at CRPIX."""
        return float(min(np.hypot(self.cd[0], self.cd[2]), np.hypot(self.cd[1], self.cd[3])))

    @cached_property
    def _wcs(self) -> Any:
        from astropy.wcs import Wcsprm

        wcs = Wcsprm(naxis=2)
        wcs.ctype = [f"RA---{self.projection}", f"DEC--{self.projection}"]
        wcs.cunit = ["deg", "deg"]
        wcs.crpix, wcs.crval = self.crpix, self.crval
        wcs.cd = [self.cd[:2], self.cd[2:]]
        values = dict(self.terms)
        if "LONPOLE" in values:
            wcs.lonpole = values["LONPOLE"]
        if "LATPOLE" in values:
            wcs.latpole = values["LATPOLE"]
        wcs.set_pv(list(_parameters(self.terms)))
        wcs.set()
        return wcs


def _parameters(terms: Iterable[tuple[str, float]]) -> Iterable[tuple[int, int, float]]:
    for name, value in terms:
        if found := _PARAMETER.fullmatch(name):
            yield int(found[1]), int(found[2]), value


def _masked(convert: Any, given: Floats, name: str) -> Floats:
    """Convert positions one way or the other; NaN where that cannot be, as wcslib marks it."""
    finite = np.isfinite(given).all(axis=1)
    answer = np.full(given.shape, np.nan)
    if not finite.any():
        return answer
    found = convert(np.ascontiguousarray(given[finite]), 1)
    values = np.array(found[name], np.float64)
    values[np.asarray(found["stat"]) != 0] = np.nan
    answer[finite] = values
    return answer


def _separation(one: Floats, other: Floats) -> Floats:
    """Return the angle between positions (n, 2) in degrees, by the haversine."""
    half = np.radians(other - one) / 2.0
    product = np.cos(np.radians(one[:, 1])) * np.cos(np.radians(other[:, 1]))
    square = np.sin(half[:, 1]) ** 2 + product * np.sin(half[:, 0]) ** 2
    return np.asarray(np.degrees(2.0 * np.arcsin(np.minimum(np.sqrt(square), 1.0))))
