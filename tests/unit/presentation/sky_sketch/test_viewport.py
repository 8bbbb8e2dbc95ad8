"""What a sketch shows: all of its scene, as a field where that can be and as the whole sky else."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from skybatch.presentation.sky_sketch.scene import Circle, Mark, MarkKind, Scene
from skybatch.presentation.sky_sketch.viewport import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Viewport


def scene(*places: tuple[float, float]) -> Scene:
    return Scene("", tuple(Mark(ra, dec, n, MarkKind.COVERED, "") for n, (ra, dec) in enumerate(places)))


FIELDS = {
    "one": [(10.0, 20.0)],
    "across-zero": [(359.9, 0.0), (0.1, 0.2)],
    "pole": [(0.0, 89.9), (120.0, 89.8), (240.0, 89.9)],
    "wide": [(10.0, -20.0), (70.0, 20.0)],
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_shows_all_of_its_scene(name: str) -> None:
    view = Viewport.around(scene(*FIELDS[name]))
    assert not view.projection.shows_all
    x, y = view.place(*np.array(FIELDS[name]).T)
    assert ((x >= LEFT) & (x <= WIDTH - RIGHT)).all()
    assert ((y >= TOP) & (y <= view.height - BOTTOM)).all()


def test_east_is_left_and_north_is_up() -> None:
    view = Viewport.around(scene((10.0, 0.0), (11.0, 1.0)))
    x, y = view.place([10.0, 11.0], [0.0, 1.0])
    assert x[1] < x[0]
    assert y[1] < y[0]


@pytest.mark.parametrize("places", [[(0.0, 0.0), (180.0, 0.0)], [(10.0, 0.0), (10.0, 85.0), (190.0, -60.0)]])
def test_positions_all_over_the_sky_are_a_map_of_it(places: list[tuple[float, float]]) -> None:
    view = Viewport.around(scene(*places))
    assert view.projection.shows_all
    x, y = view.place(*np.array(places).T)
    assert ((x >= LEFT) & (x <= WIDTH - RIGHT) & (y >= TOP) & (y <= view.height - BOTTOM)).all()


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("middle", [(0.0, 0.0), (359.99, -45.0), (83.6, 22.0), (120.0, 89.8), (10.0, -89.9)])
def test_a_few_rows_far_away_do_not_make_a_field_a_map_of_the_sky(
    count: int, middle: tuple[float, float]
) -> None:
    rng = np.random.default_rng(count)
    centre = SkyCoord(*middle, unit="deg")
    turns, away = rng.uniform(0, 360, 200) * u.deg, 0.5 * np.sqrt(rng.uniform(0, 1, 200)) * u.deg
    places = centre.directional_offset_by(turns, away)
    antipode = ((middle[0] + 180.0) % 360.0, -middle[1])
    strays = [(0.0, 90.0 if middle[1] < 80.0 else 0.0), antipode, (0.0, -90.0), (200.0, 10.0), antipode]
    near = list(zip(places.ra.deg.tolist(), places.dec.deg.tolist(), strict=True))
    field = Viewport.around(scene(*near))
    with_strays = Viewport.around(scene(*near, *(strays if count == 5 else strays[:1])))
    assert not with_strays.projection.shows_all
    assert field.field() == pytest.approx(with_strays.field(), rel=1e-5)
    assert with_strays.field()[2] < 2.0


def test_a_region_fills_the_field() -> None:
    view = Viewport.around(Scene("", region=Circle(204.0, -30.0, 0.25)))
    assert view.half_sizes()[1] == pytest.approx(0.25 * 1.06, rel=1e-3)


def test_the_field_is_what_the_map_shows() -> None:
    ra, dec, width = Viewport.around(Scene("", region=Circle(204.0, -30.0, 0.25))).field()
    assert (ra, dec) == pytest.approx((204.0, -30.0), abs=1e-3)
    assert width > 0.5
    assert Viewport.around(scene((0.0, 0.0), (180.0, 0.0))).field() == (180.0, 0.0, 180.0)


def test_places_are_shown_within_the_frame_and_what_has_none_is_not() -> None:
    view = Viewport.around(scene((10.0, 0.0), (11.0, 1.0)))
    shown = view.shows(*view.place([10.0, 10.5, 14.0, 190.0], [0.0, 0.5, 0.5, 0.0]))
    assert shown.tolist() == [True, True, False, False]
