"""Projection, frames and edge distances against astropy."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.sky.fk5 import fk5_vector
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.vectors import to_vector
from tests.support.survey.sky_oracle import GRIDS, corner_pixels, icrs_at, images, wcs
from tests.support.survey.wcs_oracle import SIDES, astropys, footprints, headers, to_icrs

ARCSEC = 1.0 / 3600.0


def test_pixel_coordinates_are_astropys() -> None:
    sky = images(300, seed=2)
    rng = np.random.default_rng(3)
    for i in range(len(sky.crval1)):
        pixels = rng.uniform([-50, -50], [560, 1080], (5, 2))
        world = wcs(sky, i).all_pix2world(pixels, 1)
        one = sky.take(np.full(5, i))
        x, y = one.to_pixel(to_vector(world[:, 0], world[:, 1]))
        assert np.abs(np.stack([x, y], axis=-1) - pixels).max() < 1e-6
        ra, dec = one.to_sky(pixels[:, 0], pixels[:, 1])
        assert np.abs(to_vector(ra, dec) - to_vector(world[:, 0], world[:, 1])).max() < 1e-13


def test_pixels_of_several_positions_an_image() -> None:
    sky = images(7, seed=10)
    x = np.arange(21.0).reshape(7, 3)
    ra, dec = sky.to_sky(x, x + 100.0)
    for column in range(3):
        one = sky.to_sky(x[:, column], x[:, column] + 100.0)
        assert np.abs(ra[:, column] - one[0]).max() < 1e-12
        assert np.abs(dec[:, column] - one[1]).max() < 1e-12


def test_keywords_place_an_image_as_its_grid_does() -> None:
    sky = images(20, seed=11)
    names = ("naxis1", "naxis2", "crpix1", "crpix2", "cdelt1", "cdelt2")
    columns = {name: getattr(sky.grids, name)[sky.grid] for name in names}
    again = Footprints.from_keywords(
        columns | {"crval1": sky.crval1, "crval2": sky.crval2, "crota2": sky.crota2}
    )
    for ours, theirs in zip(
        (*again.corners(), *again.centers()), (*sky.corners(), *sky.centers()), strict=True
    ):
        assert np.array_equal(ours, theirs)


def test_the_cd_matrix_is_astropys() -> None:
    sky = images(30, seed=12)
    for i, row in enumerate(sky.cd_matrix):
        assert np.abs(row.reshape(2, 2) - wcs(sky, i).pixel_scale_matrix).max() < 1e-18


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


@pytest.mark.parametrize("projection", ["SIN", "TAN"])
@pytest.mark.parametrize("frame", list(ImageFrame))
def test_corners_and_edges_of_any_kind_of_image_are_astropys(projection: str, frame: ImageFrame) -> None:
    rng = np.random.default_rng(20)
    for cards in headers(projection, frame, "CD", 60, seed=21):
        image = footprints(cards, 4)
        pixels = np.array(
            [[0.5, 0.5], [SIDES[0] + 0.5, 0.5], [SIDES[0] + 0.5, SIDES[1] + 0.5], [0.5, SIDES[1] + 0.5]]
        )
        corners = astropys(cards).wcs_pix2world(pixels, 1)
        ours = to_vector(*image.corners())[0]
        assert np.abs(ours - to_vector(*corners.T)).max() < 1e-10
        inward = rng.uniform(-30.0, 30.0, 4)
        along = rng.uniform(100.0, 1900.0, 4)
        sides = np.array([[0.5 + inward[0], along[0]], [SIDES[0] + 0.5 - inward[1], along[1]],
                          [along[2], 0.5 + inward[2]], [along[3], SIDES[1] + 0.5 - inward[3]]])  # fmt: skip
        icrs = to_icrs(frame, *astropys(cards).wcs_pix2world(sides, 1).T)
        distance = image.edge_distance(frame.vectors(icrs.ra.deg, icrs.dec.deg))
        width, height = (float(np.hypot(*astropys(cards).pixel_scale_matrix[:, axis])) for axis in (0, 1))
        expected = inward * np.array([width, width, height, height]) * 3600
        assert np.abs(distance - expected).max() < 1e-3
