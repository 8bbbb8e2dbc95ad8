"""Radii, bulges and middles of images, against astropy's positions of their pixels."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from skybatch.sky.boundaries import MAX_RADIUS, bulges, index_positions, radii, refusals
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids, Projection
from tests.support.survey.sky_oracle import images
from tests.support.survey.wcs_oracle import SIDES, astropys, footprints, headers


def edge_pixels(samples: int) -> np.ndarray:
    ahead = np.linspace(0.0, 1.0, samples)
    unit = [(ahead, 0 * ahead), (0 * ahead + 1, ahead), (1 - ahead, 0 * ahead + 1), (0 * ahead, 1 - ahead)]
    return np.array([[0.5 + u * SIDES[0], 0.5 + v * SIDES[1]] for u, v in unit])


@pytest.mark.parametrize("projection", ["SIN", "TAN"])
@pytest.mark.parametrize("matrix", ["CROTA2", "CD"])
def test_the_radius_about_the_middle_holds_every_edge_pixel(projection: str, matrix: str) -> None:
    for cards in headers(projection, ImageFrame.ICRS, matrix, 60, seed=40):
        image, wcs = footprints(cards), astropys(cards)
        middle = SkyCoord(*wcs.wcs_pix2world((SIDES[0] + 1) / 2, (SIDES[1] + 1) / 2, 1), unit="deg")
        ra, dec = index_positions(image)
        assert SkyCoord(ra, dec, unit="deg").separation(middle).arcsec < 1e-4
        edges = [SkyCoord(*wcs.wcs_pix2world(*edge, 1), unit="deg") for edge in edge_pixels(200)]
        farthest = max(float(middle.separation(edge).deg.max()) for edge in edges)
        assert farthest < radii(image.grids)[0] < farthest * 1.002


@pytest.mark.parametrize("projection", ["SIN", "TAN"])
def test_bulges_are_how_far_astropys_edges_leave_great_circles(projection: str) -> None:
    for cards in headers(projection, ImageFrame.ICRS, "CROTA2", 30, seed=41):
        cards |= {"CDELT1": -0.01, "CDELT2": 0.01, "CRPIX1": 400.0, "CRPIX2": 1000.0}
        image, wcs = footprints(cards), astropys(cards)
        worst, shortest = 0.0, np.inf
        for edge in edge_pixels(17):
            xyz = SkyCoord(*wcs.wcs_pix2world(*edge, 1), unit="deg").cartesian.xyz.value.T
            normal = np.cross(xyz[0], xyz[-1])
            worst = max(worst, float(np.abs(xyz @ normal / np.linalg.norm(normal)).max()))
            shortest = min(shortest, float(np.linalg.norm(xyz[0] - xyz[-1])))
        assert bulges(image.grids)[0] == pytest.approx(worst / shortest, rel=1e-6, abs=1e-9)


def test_an_image_is_looked_up_by_its_reference_position_where_that_is_its_middle() -> None:
    sky = images(300, seed=42)
    grids = sky.grids
    centred = ((grids.crpix1 == (grids.naxis1 + 1) / 2) & (grids.crpix2 == (grids.naxis2 + 1) / 2))[sky.grid]
    ra, dec = index_positions(sky)
    assert 0 < np.count_nonzero(centred) < len(ra)
    assert np.array_equal(ra[centred], sky.crval1[centred])
    assert np.array_equal(dec[centred], sky.crval2[centred])
    assert np.all(np.hypot(ra - sky.crval1, dec - sky.crval2)[~centred] > 0.01)


def test_what_no_look_up_can_rely_on_is_refused_by_its_rule() -> None:
    table = np.array(
        [
            [512, 1024, 256.5, 512.5, -2.8e-4, 2.8e-4, 0, Projection.SIN],
            [512, 1024, 256.5, 512.5, -0.2, 0.2, 0, Projection.SIN],
            [4096, 4096, 2048.5, 2048.5, -0.1, 0.1, 0, Projection.TAN],
            [300, 30, 150.5, -90.0, -0.2, 0.2, 0, Projection.SIN],
        ]
    )
    good, beyond, wide, bent = refusals(PixelGrids.from_table(table))
    assert good is None
    assert beyond is not None
    assert "hemisphere" in beyond
    assert wide is not None
    assert f"{MAX_RADIUS:g}" in wide
    assert bent is not None
    assert "bends" in bent
