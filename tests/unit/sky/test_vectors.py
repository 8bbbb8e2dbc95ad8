"""Unit vectors against astropy."""

from __future__ import annotations

import numpy as np
from astropy import units
from astropy.coordinates import SkyCoord

from skybatch.sky.vectors import tangents, to_sphere, to_vector, wrap

RNG = np.random.default_rng(1)
RA = np.concatenate([RNG.uniform(0, 360, 500), [0.0, 359.9999999, 180.0, 77.0]])
DEC = np.concatenate([np.degrees(np.arcsin(RNG.uniform(-1, 1, 500))), [0.0, 1e-9, -90.0, 90.0]])


def test_vectors_are_astropys() -> None:
    expected = SkyCoord(RA, DEC, unit="deg").cartesian.xyz.value.T
    assert np.abs(to_vector(RA, DEC) - expected).max() < 1e-15


def test_positions_return_from_vectors_of_any_length() -> None:
    ra, dec = to_sphere(3.7 * to_vector(RA, DEC))
    assert np.abs(to_vector(ra, dec) - to_vector(RA, DEC)).max() < 1e-15
    assert np.all((ra >= 0.0) & (ra < 360.0))


def test_no_longitude_is_360() -> None:
    assert wrap(np.array([-1e-20, 360.0, -90.0, 720.5])).tolist() == [0.0, 0.0, 270.0, 0.5]


def test_tangents_point_east_and_north() -> None:
    for ra, dec in zip(RA[:50], DEC[:50], strict=True):
        center = SkyCoord(ra, dec, unit="deg")
        for angle, direction in zip((90.0, 0.0), tangents(ra, dec), strict=True):
            step = center.directional_offset_by(angle * units.deg, 1e-4 * units.deg).cartesian.xyz.value
            expected = (step - center.cartesian.xyz.value) / np.radians(1e-4)
            assert np.abs(direction - expected).max() < 1e-5
