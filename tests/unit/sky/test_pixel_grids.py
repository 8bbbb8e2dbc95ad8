"""Pixel grids in the SIN projection against astropy, and the geometry of their corners and edges."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

from skybatch.sky.pixel_grids import PixelGrids
from tests.support.survey.sky_oracle import CDELT, GRIDS, corner_pixels, images, wcs

ARCSEC = 1.0 / 3600.0
ALL = PixelGrids.from_table(np.array([[*grid, -CDELT, CDELT] for grid in GRIDS]))


def test_directions_are_those_of_astropys_sin_projection() -> None:
    """At RA 0, Dec 0 without rotation east is +y of the sphere, north +z, and CRVAL +x."""
    x, y = np.array([1.0, 100.5, 512.0]), np.array([1.0, 700.25, 200.0])
    for number, (_, _, crpix1, crpix2) in enumerate(GRIDS):
        header = {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CRPIX1": crpix1, "CRPIX2": crpix2}
        world = WCS(header | {"CDELT1": -CDELT, "CDELT2": CDELT, "CRVAL1": 0.0, "CRVAL2": 0.0})
        expected = SkyCoord(world.all_pix2world(np.stack([x, y], axis=-1), 1), unit="deg").cartesian
        found = ALL.to_direction(np.full(3, number), x, y)
        assert np.abs(found - np.stack([expected.y, expected.z, expected.x], axis=-1)).max() < 1e-14


def test_pixels_return_from_their_directions() -> None:
    grid = np.arange(len(GRIDS))
    x, y = np.array([3.0, 400.0, 0.5, 77.7]), np.array([9.0, 12.0, 827.5, 1.0])
    back = ALL.to_pixel(grid, ALL.to_direction(grid, x, y))
    assert np.abs(np.stack(back) - np.stack([x, y])).max() < 1e-9


def test_the_far_hemisphere_has_no_pixels() -> None:
    x, y = ALL.to_pixel(np.array([0]), np.array([[0.0, 0.0, -1.0]]))
    assert np.isnan(x[0])
    assert np.isnan(y[0])


def test_edges_pass_through_their_corners_and_face_inward() -> None:
    start, stop = ALL.corners, np.roll(ALL.corners, -1, axis=1)
    assert np.abs(np.sum(ALL.edges * start, axis=-1)).max() < 1e-15
    assert np.abs(np.sum(ALL.edges * stop, axis=-1)).max() < 1e-15
    middle = ALL.corners.mean(axis=1)
    assert np.all(np.einsum("kej,kj->ke", ALL.edges, middle) > 0.0)


def test_a_point_between_the_ends_of_an_edge_faces_both() -> None:
    start, stop = ALL.corners, np.roll(ALL.corners, -1, axis=1)
    toward_stop, toward_start = ALL.edge_ends
    for weight, between in ((0.5, True), (1.5, False), (-0.5, False)):
        point = (1.0 - weight) * start + weight * stop
        faces = np.sum(toward_stop * point, axis=-1) >= 0.0
        faces &= np.sum(toward_start * point, axis=-1) >= 0.0
        assert np.all(faces == between)


def test_the_angular_radius_reaches_the_farthest_corner() -> None:
    sky = images(200, seed=8)
    for code in range(len(GRIDS)):
        i = int(np.flatnonzero(sky.grid == code)[0])
        world = SkyCoord(wcs(sky, i).all_pix2world(corner_pixels(sky, i), 1), unit="deg")
        far = SkyCoord(sky.crval1[i], sky.crval2[i], unit="deg").separation(world).deg.max()
        one = PixelGrids.from_table(np.array([[*GRIDS[code], -0.0002777777845, 0.0002777777845]]))
        assert one.angular_radius == pytest.approx(far, abs=1e-9)


def test_the_angular_radius_covers_every_grid() -> None:
    sky = images(10, seed=9)
    assert sky.grids.angular_radius == pytest.approx(572.4 * ARCSEC, rel=1e-3)
