"""A point on the sky."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SkyPosition:
    """A point of the sky: ICRS right ascension in [0, 360) and declination in [-90, 90], degrees."""

    ra: float
    dec: float
