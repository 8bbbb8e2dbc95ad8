"""Polygons on the sky against shapely in a gnomonic plane."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.coordinates import UnitSphericalRepresentation as Spherical

from skybatch.sky.polygons import Polygon, quadrilaterals_overlap
from tests.support.survey.sky_oracle import GRIDS, gnomonic, icrs_at, images


def star(rng: np.random.Generator, corners: int, size: float) -> np.ndarray:
    """A polygon about the origin that does not cross itself, (corners, 2) in radians."""
    turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
    length = size * rng.uniform(0.2, 1.0, corners)
    return np.stack([length * np.cos(turn), length * np.sin(turn)], axis=-1)


def on_the_sky(plane: np.ndarray, center: SkyCoord) -> SkyCoord:
    """ICRS positions of points in the gnomonic plane about a position."""
    frame = center.skyoffset_frame()
    lon, lat = np.arctan2(plane[:, 0], 1.0), np.arctan2(plane[:, 1], np.hypot(1.0, plane[:, 0]))
    return SkyCoord(frame.realize_frame(Spherical(lon * units.rad, lat * units.rad))).icrs


@pytest.mark.no_cover
def test_polygons_overlap_images_as_in_the_plane() -> None:
    answers = []
    sky, rng = images(400, seed=21), np.random.default_rng(22)
    for i in range(len(sky.crval1)):
        n1, n2, _, _ = GRIDS[int(sky.grid[i])]
        center = icrs_at(sky, i, *((0.5 + rng.uniform(-1.2, 1.2, 2)) * [n1, n2]))
        plane = star(rng, int(rng.integers(3, 9)), 10.0 ** rng.uniform(-4, -2))
        corners = on_the_sky(plane, center)
        one = sky.take(np.array([i]))
        found = bool(Polygon(corners.ra.deg, corners.dec.deg).matches(one, "overlap")[0])
        assert found == gnomonic(center, sky, i).intersects(shapely.Polygon(plane)), (i, center)
        answers.append(found)
    assert 100 < sum(answers) < 300


def test_the_angular_radius_reaches_the_farthest_corner() -> None:
    square = Polygon(np.array([359.0, 1.0, 1.0, 359.0]), np.array([-1.0, -1.0, 1.0, 1.0]))
    expected = SkyCoord(0.0, 0.0, unit="deg").separation(SkyCoord(1.0, 1.0, unit="deg")).deg
    assert square.angular_radius == pytest.approx(expected, abs=1e-6)


def test_no_image_of_the_far_hemisphere_overlaps() -> None:
    sky = images(100, seed=23)
    wide = Polygon(np.array([0.0, 120.0, 240.0]), np.array([45.0, 45.0, 45.0]))
    held = wide.matches(sky, "overlap")
    assert not np.any(held[sky.crval2 < 0.0])


def test_images_relate_to_polygons_by_overlap_only() -> None:
    triangle = Polygon(np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    with pytest.raises(ValueError, match="cover"):
        triangle.matches(images(1, seed=24), "cover")


def test_plane_figures_overlap_as_in_shapely() -> None:
    rng = np.random.default_rng(25)
    answers = []
    for _ in range(500):
        polygon = star(rng, int(rng.integers(3, 9)), 1.0)
        turn = np.sort(rng.uniform(0, 2 * np.pi, 4))
        square = rng.uniform(-1.0, 1.0, 2) + 0.4 * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        found = bool(quadrilaterals_overlap(square[None], polygon)[0])
        assert found == shapely.Polygon(square).intersects(shapely.Polygon(polygon))
        answers.append(found)
    assert 100 < sum(answers) < 450
