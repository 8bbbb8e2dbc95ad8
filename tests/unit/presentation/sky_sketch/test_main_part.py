"""Where most of a scene lies: what is far from most is told from what is spread."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from skybatch.presentation.sky_sketch.main_part import FAR, main_positions, near_most
from skybatch.presentation.sky_sketch.scene import Circle, Mark, MarkKind, Outlines, Scene

Places = list[tuple[float, float]]


def scene(places: Places) -> Scene:
    return Scene("", tuple(Mark(ra, dec, n, MarkKind.COVERED, "") for n, (ra, dec) in enumerate(places)))


def squares(centres: Places, side: float = 0.2) -> Outlines:
    ra, dec = np.array(centres).T[:, :, None] + np.zeros((2, 1, 4))
    ra = ra + np.array([side, -side, -side, side]) / 2.0 / np.cos(np.radians(dec))
    dec = dec + np.array([-side, -side, side, side]) / 2.0
    texts = tuple(f"image {n}" for n in range(len(centres)))
    return Outlines(ra, dec, texts, np.zeros(len(texts), np.intp), ("A",), np.zeros(len(texts), bool))


def test_a_position_is_far_by_what_most_of_them_spread() -> None:
    ra = np.array([*np.linspace(0.0, 4.0, 20), 9.0, 30.0])
    near = near_most(ra, np.zeros(22))
    assert near.tolist() == [True] * 21 + [False]


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_positions_are_all_there_is(count: int) -> None:
    assert near_most(np.array([0.0, 180.0])[:count], np.array([0.0, 10.0])[:count]).all()


def test_one_row_of_three_may_be_far_and_three_that_lie_apart_are_not() -> None:
    assert near_most(np.array([10.0, 10.1, 200.0]), np.zeros(3)).tolist() == [True, True, False]
    assert near_most(np.array([10.0, 100.0, 190.0]), np.zeros(3)).all()


def test_positions_all_over_the_sky_and_two_clusters_are_all_shown() -> None:
    rng = np.random.default_rng(7)
    ra, dec = rng.uniform(0, 360, 500), np.degrees(np.arcsin(rng.uniform(-1, 1, 500)))
    assert near_most(ra, dec).all()
    two = np.concatenate([np.full(60, 10.0), np.full(40, 200.0)]) + rng.uniform(-0.5, 0.5, 100)
    assert near_most(two, np.zeros(100)).all()


def test_rows_of_one_target_keep_another_beside_it() -> None:
    assert near_most(np.array([*[83.6] * 9, 84.2]), np.full(10, 22.0)).all()
    assert not near_most(np.array([*[83.6] * 9, 88.0]), np.full(10, 22.0)).all()


def test_images_go_with_the_positions_that_they_are_of() -> None:
    places: Places = [(359.9, 5.0), (0.0, 5.1), (0.1, 5.0), (0.05, 4.9), (180.0, -60.0)]
    given = scene(places)
    ra, dec = main_positions(Scene("", given.marks, images=squares(places)))
    assert len(ra) == 4 + 4 * 4
    away = SkyCoord(0.0, 5.0, unit=u.deg).separation(SkyCoord(ra, dec, unit=u.deg))
    assert away.max() < 0.4 * u.deg


def test_images_count_by_themselves_where_there_is_no_position_and_all_of_a_region_does() -> None:
    places: Places = [(100.0, 5.0 + n / 10) for n in range(9)] + [(280.0, 5.0)]
    ra, _ = main_positions(Scene("", images=squares(places)))
    assert len(ra) == 9 * 4
    assert np.ptp(ra) < 1.0
    ra, _ = main_positions(Scene("", images=squares(places), region=Circle(100.0, 5.0, 0.5)))
    assert len(ra) == 10 * 4 + 72


def test_an_image_without_a_place_is_passed_over_and_a_large_one_counts_to_its_edge() -> None:
    nowhere = squares([(10.0, 0.0), (10.0, 20.0)])
    nowhere.ra[1] = np.nan
    ra, dec = main_positions(Scene("", images=nowhere))
    assert len(ra) == len(dec) == 4
    large = squares([(10.0, FAR * 0.2 + 0.9)], side=2.0)
    ra, _ = main_positions(Scene("", scene([(10.0, 0.0)] * 5).marks, images=large))
    assert len(ra) == 5 + 4
