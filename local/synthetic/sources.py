"""The sample sky's sources: stars at fixed ICRS positions, the same for every image that sees them.

The sky is divided into cells of 0.1 degree; the stars of a cell follow from the cell's number alone. So
images of different scans, nights and bands agree on where the stars are, without a stored catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CELL = 0.1  # deg
STARS_PER_SQUARE_DEGREE = 4000.0
FAINTEST = 16.5  # J mag
BRIGHTEST = 7.0
# Star counts grow as 10**(0.35 m), a little slower than in empty space (10**(0.6 m)).
COUNT_SLOPE = 0.35
SEED = 20010215


@dataclass(frozen=True)
class Sources:
    """Point sources: ICRS positions in degrees (n,), and magnitudes (n, 3) in J, H, K."""

    ra: Floats
    dec: Floats
    magnitudes: Floats

    def __add__(self, other: Sources) -> Sources:
        return Sources(
            np.concatenate([self.ra, other.ra]),
            np.concatenate([self.dec, other.dec]),
            np.concatenate([self.magnitudes, other.magnitudes]),
        )


@dataclass(frozen=True)
class Galaxy:
    """An exponential disk: ICRS centre (deg), total J, H, K magnitudes, scale length (arcsec), axis ratio."""

    name: str
    ra: float
    dec: float
    magnitudes: tuple[float, float, float]
    scale: float
    axis_ratio: float


GALAXIES = (
    Galaxy("M83", 204.253958, -29.865417, (5.5, 4.9, 4.6), 85.0, 0.9),
    Galaxy("NGC 7479", 346.236042, 12.322889, (9.0, 8.4, 8.1), 25.0, 0.75),
)

# Positions that people ask for by number: each is a source here.
NAMED = Sources(
    ra=np.array([65.497627, 218.793021, 218.889627, 219.026042, 314.30417]),
    dec=np.array([19.535070, -29.988167, -23.928709, -25.927643, 77.595559]),
    magnitudes=np.array(
        [
            [11.20, 10.70, 10.55],
            [15.269, 14.775, 14.721],
            [16.954, 16.095, 15.967],
            [16.413, 15.764, 15.750],
            [7.50, 7.30, 7.25],
        ]
    ),
)


def stars_near(ra: float, dec: float, radius: float) -> Sources:
    """All sources in the cells within ``radius`` degrees of an ICRS position (and some beyond it)."""
    found = NAMED
    lowest, highest = int((dec - radius + 90) // CELL), int((dec + radius + 90) // CELL)
    for band in range(max(lowest, 0), min(highest, _bands() - 1) + 1):
        for cell in _cells_in_band(band, ra, radius):
            found += _stars_of_cell(band, cell)
    return found


def _bands() -> int:
    return round(180 / CELL)


def _cells_of_band(band: int) -> int:
    middle = np.radians((band + 0.5) * CELL - 90)
    return max(1, round(360 / CELL * float(np.cos(middle))))


def _cells_in_band(band: int, ra: float, radius: float) -> range | list[int]:
    """Cells of a declination band within ``radius`` of an RA; near a pole all of them."""
    count = _cells_of_band(band)
    poleward = float(np.cos(np.radians(max(abs(band * CELL - 90), abs((band + 1) * CELL - 90)))))
    spread = float(np.sin(np.radians(radius)))
    # The meridians that touch a circle of this radius (spherical law of sines).
    reach = float(np.degrees(np.arcsin(spread / poleward))) if spread < poleward else 180.0
    if 2 * reach / 360 * count >= count - 2:
        return range(count)
    first, last = int((ra - reach) / 360 * count // 1), int((ra + reach) / 360 * count // 1)
    return [cell % count for cell in range(first, last + 1)]


@lru_cache(maxsize=4096)
def _stars_of_cell(band: int, cell: int) -> Sources:
    count = _cells_of_band(band)
    south, north = band * CELL - 90, (band + 1) * CELL - 90
    sin_south, sin_north = np.sin(np.radians([south, north]))
    area = 360 / count * float(np.degrees(sin_north - sin_south))
    rng = np.random.default_rng([SEED, band, cell])
    n = int(rng.poisson(STARS_PER_SQUARE_DEGREE * area))
    ra = (cell + rng.random(n)) * 360 / count
    dec = np.degrees(np.arcsin(sin_south + rng.random(n) * (sin_north - sin_south)))
    j = np.maximum(FAINTEST + np.log10(1 - rng.random(n)) / COUNT_SLOPE, BRIGHTEST)
    h = j - (0.25 + 0.5 * rng.random(n))
    k = h - (0.05 + 0.2 * rng.random(n))
    return Sources(ra, dec, np.stack([j, h, k], axis=-1))
