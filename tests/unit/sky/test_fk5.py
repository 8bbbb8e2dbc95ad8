"""The frame bias and the change of frame against astropy."""

from __future__ import annotations

import numpy as np
from astropy.coordinates import FK5, ICRS, SkyCoord
from astropy.coordinates.builtin_frames.icrs_fk5_transforms import _ICRS_TO_FK5_J2000_MAT

from skybatch.sky.fk5 import ICRS_TO_FK5, fk5_to_icrs, fk5_vector
from skybatch.sky.vectors import to_vector


def test_frame_bias_is_astropys() -> None:
    assert np.abs(ICRS_TO_FK5 - _ICRS_TO_FK5_J2000_MAT).max() < 1e-15


def test_positions_change_frame_as_in_astropy() -> None:
    rng = np.random.default_rng(1)
    ra = np.concatenate([rng.uniform(0, 360, 2000), [0.0, 0.0, 359.9999999, 180.0]])
    dec = np.concatenate([np.degrees(np.arcsin(rng.uniform(-1, 1, 2000))), [90.0, -90.0, 0.0, 89.99999]])
    theirs = SkyCoord(ra, dec, unit="deg").transform_to(FK5(equinox="J2000"))
    assert np.abs(fk5_vector(ra, dec) - theirs.cartesian.xyz.value.T).max() < 1e-12
    back = SkyCoord(theirs.ra, theirs.dec, frame=FK5(equinox="J2000")).transform_to(ICRS())
    ours = fk5_to_icrs(theirs.ra.deg, theirs.dec.deg)
    assert np.abs(to_vector(*ours) - back.cartesian.xyz.value.T).max() < 1e-12
