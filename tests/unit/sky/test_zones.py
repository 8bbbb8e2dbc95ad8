"""Nothing near a position lies outside its key ranges."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import angular_separation

from skybatch.sky.zones import ZONES, key_ranges, rows_of_ranges, zone_keys

CENTRES = [
    (0.0, 0.0), (359.9999, 12.0), (0.0001, -33.3), (180.0, 89.999), (42.0, 90.0), (77.0, -90.0),
    (10.0, 86.4), (300.0, -86.6), (123.4, 45.05), (250.0, -0.05), (90.0, 82.9),
]  # fmt: skip


def around(ra: float, dec: float, radius: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Positions near a centre, half of them just inside the circle."""
    lon = np.concatenate([rng.uniform(0, 360, 500), (ra + rng.normal(0, radius, 4000)) % 360.0])
    lat = dec + rng.uniform(-1, 1, len(lon)) * radius
    # Beyond a pole the meridian goes on at the other side.
    over = np.abs(lat) > 90.0
    lat = np.where(over, np.sign(lat) * 180.0 - lat, lat)
    return np.where(over, (lon + 180.0) % 360.0, lon), lat


def within(ra: float, dec: float, radius: float, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    apart = np.degrees(angular_separation(*np.radians([ra, dec]), np.radians(lon), np.radians(lat)))
    return np.asarray(apart <= radius)


@pytest.mark.parametrize("radius", [0.0, 0.16, 0.5, 3.7])
@pytest.mark.parametrize("centre", CENTRES)
def test_all_within_the_radius_lie_in_the_ranges(centre: tuple[float, float], radius: float) -> None:
    lon, lat = around(*centre, max(radius, 1e-4), np.random.default_rng(1))
    lon, lat = np.append(lon, centre[0]), np.append(lat, centre[1])
    keys = zone_keys(lon, lat).astype(np.int64)
    near = within(*centre, radius, lon, lat)
    assert near.any()
    many = key_ranges([5.0, centre[0]], [-7.0, centre[1]], radius)
    mine = many[2] == 1
    low, high = np.array([many[0][mine], many[1][mine]]).astype(np.int64)
    held = np.any((keys[:, None] >= low) & (keys[:, None] <= high), axis=1)
    assert np.all(held[near])
    # No key twice: ranges of one position never overlap.
    order = np.argsort(low)
    assert np.all(low[order][1:] > high[order][:-1])
    if radius == 3.7 and abs(centre[1]) < 45:
        assert held[~near].mean() < 0.4


def test_keys_sort_by_zone_then_right_ascension() -> None:
    lon = np.array([10.0, 350.0, 0.0, 359.999999999])
    lat = np.array([-90.0, -89.95, -89.85, 90.0])
    keys = zone_keys(lon, lat).astype(np.int64)
    assert np.all(np.diff(keys) > 0)
    assert keys[-1] < ZONES << 21


def test_expand_lists_ranges_in_order() -> None:
    rows, owner = rows_of_ranges(np.array([5, 0, 7]), np.array([8, 0, 9]))
    assert rows.tolist() == [5, 6, 7, 7, 8]
    assert owner.tolist() == [0, 0, 0, 2, 2]
