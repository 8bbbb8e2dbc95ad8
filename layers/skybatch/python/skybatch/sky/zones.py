"""Zone order: image sets sorted by declination zone, then right ascension, so that neighbours lie together.

The sort key of a reference position is one 32-bit number, zone in the upper bits and right ascension in
the lower; all positions within a radius of a point lie in one key range a zone (two across RA 0). After
Gray, Nieto-Santisteban & Szalay 2006, "The Zones Algorithm".
"""

from __future__ import annotations

from math import cos, radians

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.sky.vectors import Floats

ZONE_DEGREES = 0.1
ZONES = 1800
RA_BITS = 21
RA_STEPS = 1 << RA_BITS

Keys = NDArray[np.uint32]
Rows = NDArray[np.intp]

# Degrees by which every search is widened: far beyond rounding errors and far below a pixel.
MARGIN = 1e-7
# Degrees; below, the cosine of a radius has no digits left to tell positions apart.
MIN_RADIUS = 1e-3


def zone_keys(ra: ArrayLike, dec: ArrayLike) -> Keys:
    """Return sort keys of positions in degrees, right ascension in [0, 360)."""
    zone = np.clip(np.floor((np.asarray(dec) + 90.0) / ZONE_DEGREES), 0, ZONES - 1)
    step = np.clip(np.floor(np.asarray(ra) * (RA_STEPS / 360.0)), 0, RA_STEPS - 1)
    return np.asarray((zone * RA_STEPS + step).astype(np.uint32))


def key_ranges(ra: ArrayLike, dec: ArrayLike, radius: float) -> tuple[Keys, Keys, Rows]:
    """Return first and last key, inclusive, of ranges that hold all within ``radius`` degrees of positions.

    The third array has for each range the number of its position in ``ra``; it ascends.
    """
    alpha, delta = np.atleast_1d(np.asarray(ra, dtype=np.float64), np.asarray(dec, dtype=np.float64))
    widened = max(radius, MIN_RADIUS) + MARGIN
    first = np.floor((delta - widened + 90.0) / ZONE_DEGREES).astype(np.int64)
    count = int(2.0 * widened / ZONE_DEGREES) + 2
    zone = first[:, None] + np.arange(count)
    half = _half_widths(delta[:, None], widened, zone)
    position, column = np.nonzero((half >= 0.0) & (zone >= 0) & (zone < ZONES))
    return _split_at_ra_zero(zone[position, column], alpha[position], half[position, column], position)


def _half_widths(delta: Floats, radius: float, zone: NDArray[np.int64]) -> Floats:
    """Return the largest distance in right ascension, degrees, from centre to circle in zones; -1: none."""
    bottom = np.maximum(zone * ZONE_DEGREES - 90.0 - MARGIN, -90.0)
    top = np.minimum((zone + 1) * ZONE_DEGREES - 90.0 + MARGIN, 90.0)
    declination = np.radians(delta)
    sin_delta, cos_delta = np.sin(declination), np.cos(declination)
    cos_radius = cos(radians(radius))
    # Where a circle is widest; beyond a pole that it contains, the pole.
    widest = np.degrees(np.arcsin(_bounded(sin_delta / cos_radius, -1.0, 1.0)))
    latitude = np.radians(_bounded(widest, bottom, top))
    below = np.maximum(np.cos(latitude) * cos_delta, 1e-300)
    cosine = (cos_radius - np.sin(latitude) * sin_delta) / below
    half = np.degrees(np.arccos(_bounded(cosine, -1.0, 1.0)))
    return np.where(cosine > 1.0, -1.0, half)


def _bounded(values: Floats, low: Floats | float, high: Floats | float) -> Floats:
    """Do what `numpy.clip` does, which costs more than the rest for the few zones of one region."""
    return np.minimum(np.maximum(values, low), high)


def _split_at_ra_zero(
    zone: NDArray[np.int64], alpha: Floats, half: Floats, position: Rows
) -> tuple[Keys, Keys, Rows]:
    """Return key ranges, cut in two where they cross RA 0."""
    per_degree = RA_STEPS / 360.0
    low = np.floor((alpha - half) * per_degree).astype(np.int64) - 1
    high = np.floor((alpha + half) * per_degree).astype(np.int64) + 1
    whole = high - low >= RA_STEPS
    low, high = np.where(whole, 0, low), np.where(whole, RA_STEPS - 1, high)
    base = zone * RA_STEPS
    starts = base + np.maximum(low, 0)
    stops = base + np.minimum(high, RA_STEPS - 1)
    under, over = low < 0, high >= RA_STEPS
    if not (under.any() or over.any()):
        return starts.astype(np.uint32), stops.astype(np.uint32), position
    starts = np.concatenate([starts, (base + low + RA_STEPS)[under], base[over]])
    stops = np.concatenate([stops, (base + RA_STEPS - 1)[under], (base + high - RA_STEPS)[over]])
    owner = np.concatenate([position, position[under], position[over]])
    order = np.argsort(owner, kind="stable")
    return starts[order].astype(np.uint32), stops[order].astype(np.uint32), owner[order]


def rows_of_ranges(starts: Rows, stops: Rows) -> tuple[Rows, Rows]:
    """Return all rows of half-open ranges, in order, and for each the number of its range."""
    counts = stops - starts
    total = int(counts.sum())
    owner = np.repeat(np.arange(len(counts)), counts)
    offset = starts - (np.cumsum(counts) - counts)
    return np.arange(total) + np.repeat(offset, counts), owner
