"""Projection, frames and edge distances against astropy."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import FK5, ICRS, SkyCoord
from astropy.coordinates.builtin_frames.icrs_fk5_transforms import _ICRS_TO_FK5_J2000_MAT

from skybatch.sky.fk5 import ICRS_TO_FK5, fk5_to_icrs, fk5_vector, icrs_to_fk5
from skybatch.sky.footprints import Footprints
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.vectors import to_vector
from tests.support.sky_oracle import GRIDS, corner_pixels, icrs_at, images, wcs

ARCSEC = 1.0 / 3600.0


def test_frame_bias_is_astropys() -> None:
    assert np.abs(ICRS_TO_FK5 - _ICRS_TO_FK5_J2000_MAT).max() < 1e-15


def test_positions_change_frame_as_in_astropy() -> None:
    rng = np.random.default_rng(1)
    ra = np.concatenate([rng.uniform(0, 360, 2000), [0.0, 0.0, 359.9999999, 180.0]])
    dec = np.concatenate([np.degrees(np.arcsin(rng.uniform(-1, 1, 2000))), [90.0, -90.0, 0.0, 89.99999]])
    theirs = SkyCoord(ra, dec, unit="deg").transform_to(FK5(equinox="J2000"))
    assert np.abs(to_vector(*icrs_to_fk5(ra, dec)) - theirs.cartesian.xyz.value.T).max() < 1e-12
    back = SkyCoord(theirs.ra, theirs.dec, frame=FK5(equinox="J2000")).transform_to(ICRS())
    ours = fk5_to_icrs(theirs.ra.deg, theirs.dec.deg)
    assert np.abs(to_vector(*ours) - back.cartesian.xyz.value.T).max() < 1e-12


def test_pixel_coordinates_are_astropys() -> None:
    sky = images(300, seed=2)
    rng = np.random.default_rng(3)
    for i in range(len(sky.crval1)):
        pixels = rng.uniform([-50, -50], [560, 1080], (5, 2))
        world = wcs(sky, i).all_pix2world(pixels, 1)
        one = Footprints(
            *(np.repeat(a[i], 5) for a in (sky.crval1, sky.crval2, sky.crota2, sky.grid)), sky.grids
        )
        x, y = one.to_pixel(to_vector(world[:, 0], world[:, 1]))
        assert np.abs(np.stack([x, y], axis=-1) - pixels).max() < 1e-6
        ra, dec = one.to_sky(pixels[:, 0], pixels[:, 1])
        assert np.abs(to_vector(ra, dec) - to_vector(world[:, 0], world[:, 1])).max() < 1e-13


def test_corners_are_astropys() -> None:
    sky = images(300, seed=4)
    ra, dec = sky.corners()
    for i in range(len(ra)):
        world = wcs(sky, i).all_pix2world(corner_pixels(sky, i), 1)
        assert np.abs(to_vector(ra[i], dec[i]) - to_vector(world[:, 0], world[:, 1])).max() < 1e-13


def test_a_point_is_inside_to_the_pixel_edge_and_no_further() -> None:
    sky = images(400, seed=5)
    rng = np.random.default_rng(6)
    for i in range(len(sky.crval1)):
        n1, n2, _, _ = GRIDS[int(sky.grid[i])]
        x, y = rng.uniform(0.5, n1 + 0.5), rng.uniform(0.5, n2 + 0.5)
        inward = 10.0 ** rng.uniform(-6, -1) * rng.choice([-1.0, 1.0])
        side = rng.integers(4)
        x, y = [(0.5 + inward, y), (n1 + 0.5 - inward, y), (x, 0.5 + inward), (x, n2 + 0.5 - inward)][side]
        position = icrs_at(sky, i, x, y)
        distance = sky.edge_distance(fk5_vector(position.ra.deg, position.dec.deg))[i]
        nearest = min(x - 0.5, n1 + 0.5 - x, y - 0.5, n2 + 0.5 - y)
        assert (distance >= 0.0) == (nearest >= 0.0)
        assert distance == pytest.approx(nearest * 0.0002777777845 * 3600, abs=1e-6)


def test_the_far_hemisphere_is_outside_though_it_projects_into_the_image() -> None:
    sky = images(50, seed=7)
    antipodes = -to_vector(sky.crval1, sky.crval2)
    assert np.all(np.isneginf(sky.edge_distance(antipodes)))
    assert np.all(np.isnan(sky.to_pixel(antipodes)[0]))


def test_reach_is_the_farthest_corner() -> None:
    sky = images(200, seed=8)
    for code in range(len(GRIDS)):
        i = int(np.flatnonzero(sky.grid == code)[0])
        world = SkyCoord(wcs(sky, i).all_pix2world(corner_pixels(sky, i), 1), unit="deg")
        far = SkyCoord(sky.crval1[i], sky.crval2[i], unit="deg").separation(world).deg.max()
        one = PixelGrids.from_table(np.array([[*GRIDS[code], -0.0002777777845, 0.0002777777845]]))
        assert one.angular_radius == pytest.approx(far, abs=1e-9)


def test_reach_covers_every_shape() -> None:
    sky = images(10, seed=9)
    assert sky.grids.angular_radius == pytest.approx(572.4 * ARCSEC, rel=1e-3)
