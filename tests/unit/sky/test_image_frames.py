"""Positions in the frames of images, against astropy."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from skybatch.sky.fk5 import fk5_to_icrs, fk5_vector
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.vectors import to_vector
from tests.support.survey.wcs_oracle import ASTROPYS


def positions(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(31)
    ra = np.concatenate([rng.uniform(0, 360, count), [0.0, 360.0 - 1e-9, 0.0, 77.0]])
    dec = np.concatenate([np.degrees(np.arcsin(rng.uniform(-1, 1, count))), [0.0, 5.0, 90.0, -90.0]])
    return ra, dec


@pytest.mark.parametrize("frame", list(ImageFrame))
def test_positions_change_frame_as_in_astropy(frame: ImageFrame) -> None:
    ra, dec = positions(10_000)
    theirs = SkyCoord(ra, dec, unit="deg").transform_to(ASTROPYS[frame])
    assert np.abs(frame.vectors(ra, dec) - theirs.cartesian.xyz.value.T).max() < 1e-12
    longitude, latitude = theirs.spherical.lon.deg, theirs.spherical.lat.deg
    assert np.abs(to_vector(*frame.to_icrs(longitude, latitude)) - to_vector(ra, dec)).max() < 1e-12


@pytest.mark.parametrize("frame", list(ImageFrame))
def test_each_is_a_rotation(frame: ImageFrame) -> None:
    assert np.abs(frame.from_icrs @ frame.from_icrs.T - np.eye(3)).max() < 1e-14
    assert np.linalg.det(frame.from_icrs) == pytest.approx(1.0)


def test_rotations_lead_from_frame_to_frame() -> None:
    ra, dec = positions(100)
    for one in ImageFrame:
        for other in ImageFrame:
            turned = one.vectors(ra, dec) @ one.rotation_to(other).T
            assert np.abs(turned - other.vectors(ra, dec)).max() < 1e-14


def test_fk5_is_computed_as_ever() -> None:
    """To the last bit: plans and tables are made of it."""
    ra, dec = positions(1000)
    assert np.array_equal(ImageFrame.FK5.vectors(ra, dec), fk5_vector(ra, dec))
    assert np.array_equal(ImageFrame.FK5.to_icrs(ra, dec), fk5_to_icrs(ra, dec))
