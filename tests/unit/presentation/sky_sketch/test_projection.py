"""The planes of sketches, judged by astropy's projections."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.wcs import WCS

from skybatch.presentation.sky_sketch.projection import AllSky, Gnomonic


def astropy_plane(kind: str, ra: float, dec: float) -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [f"RA---{kind}", f"DEC--{kind}"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [ra, dec], [0.0, 0.0], [-1.0, 1.0]
    return wcs


@pytest.mark.parametrize("middle", [(10.0, 20.0), (359.9, -45.0), (30.0, 89.9), (200.0, -90.0)])
def test_a_field_is_the_tangential_plane_of_the_standard(middle: tuple[float, float]) -> None:
    rng = np.random.default_rng(1)
    north = rng.uniform(-40, 40, 200)
    dec = np.clip(middle[1] + north, -90, 90)
    ra = middle[0] + rng.uniform(-20, 20, 200)
    x, y = Gnomonic(*middle).plane(ra, dec)
    expected = astropy_plane("TAN", *middle).wcs_world2pix(ra % 360, dec, 0)
    assert x == pytest.approx(expected[0] + 1.0, abs=1e-8)
    assert y == pytest.approx(expected[1] + 1.0, abs=1e-8)
    back = Gnomonic(*middle).sky(x, y)
    assert np.cos(np.radians(dec)) * ((back[0] - ra + 180) % 360 - 180) == pytest.approx(0, abs=1e-9)
    assert back[1] == pytest.approx(dec, abs=1e-9)


def test_the_whole_sky_is_the_hammer_aitoff_map_of_the_standard() -> None:
    rng = np.random.default_rng(2)
    ra, dec = rng.uniform(0, 360, 500), rng.uniform(-90, 90, 500)
    x, y = AllSky().plane(ra, dec)
    expected = astropy_plane("AIT", 180.0, 0.0).wcs_world2pix(ra, dec, 0)
    assert x == pytest.approx(expected[0] + 1.0, abs=1e-8)
    assert y == pytest.approx(expected[1] + 1.0, abs=1e-8)


def test_what_a_field_cannot_show_has_no_place() -> None:
    x, y = Gnomonic(10.0, 20.0).plane([190.0, 10.0], [-20.0, 20.0])
    assert np.isnan(x[0])
    assert np.isnan(y[0])
    assert (x[1], y[1]) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_both_edges_of_the_map_are_the_same_meridian() -> None:
    x, _ = AllSky().plane([0.0, 360.0], [0.0, 0.0])
    assert x == pytest.approx([162.05694, -162.05694])
