"""Positions of a SkyCoord at an epoch: astropy's own motion is the judge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time

from skybatch.client.tables.sky_columns import icrs_degrees
from skybatch.errors import InvalidRequest

# Barnard's star: ten arcsec a year.
BARNARD = SkyCoord(
    [269.45] * u.deg,
    [4.69] * u.deg,
    pm_ra_cosdec=[-0.8] * u.arcsec / u.yr,
    pm_dec=[10.36] * u.arcsec / u.yr,
    obstime=Time(2016.0, format="jyear"),
)


@pytest.mark.parametrize("epoch", [1999.5, "J1999.5", Time(1999.5, format="jyear")])
def test_a_star_is_where_it_was_at_the_epoch(epoch: Any) -> None:
    ra, dec = icrs_degrees(BARNARD, epoch)
    expected = BARNARD.apply_space_motion(new_obstime=Time(1999.5, format="jyear"))
    assert SkyCoord(ra, dec, unit="deg").separation(expected).max() < 1 * u.mas
    assert (BARNARD.dec.deg - dec)[0] * 3600 == pytest.approx(10.36 * 16.5, rel=1e-3)


def test_without_an_epoch_nothing_moves() -> None:
    ra, dec = icrs_degrees(BARNARD)
    assert (ra[0], dec[0]) == (269.45, 4.69)


def test_a_star_of_unknown_motion_stays() -> None:
    motion = [np.nan, 1.0] * u.arcsec / u.yr
    sky = SkyCoord([1, 2] * u.deg, [3, 4] * u.deg, pm_ra_cosdec=motion, pm_dec=motion, obstime=Time("J2016"))
    ra, dec = icrs_degrees(sky, 2000.0)
    assert (float(ra[0]), float(dec[0])) == pytest.approx((1.0, 3.0), abs=1e-12)
    assert dec[1] < 4.0


def test_one_position_is_one_row() -> None:
    ra, dec = icrs_degrees(SkyCoord(10, 20, unit="deg", frame="galactic"))
    assert ra.shape == dec.shape == (1,)


@pytest.mark.parametrize(
    ("sky", "epoch"),
    [
        (SkyCoord([1], [2], unit="deg"), 2000.0),
        (SkyCoord(BARNARD.ra, BARNARD.dec, obstime=BARNARD.obstime), 2000.0),
        (BARNARD, "yesterday"),
        (SkyCoord([[1, 2]], [[3, 4]], unit="deg"), None),
        (SkyCoord([1], [2], unit="deg", frame="altaz"), None),
    ],
)
def test_what_cannot_be_moved_or_converted_is_refused(sky: Any, epoch: Any) -> None:
    with pytest.raises(InvalidRequest):
        icrs_degrees(sky, epoch)
