"""What lies outside of a map: rows by their position, images where there is none, with their distance."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from skybatch.presentation.sky_sketch.outside import has_outsiders, on_map, outsiders, touch_map
from skybatch.presentation.sky_sketch.scene import Mark, MarkKind, Scene
from skybatch.presentation.sky_sketch.viewport import Viewport
from tests.unit.presentation.sky_sketch.test_main_part import Places, scene, squares

PLACES: Places = [(359.8 + n / 10, 5.0) for n in range(8)] + [(181.0, -40.0), (20.0, -89.0)]


def test_rows_that_a_map_does_not_show_are_told_with_their_distance() -> None:
    given = Scene("", scene(PLACES).marks, images=squares(PLACES))
    view = Viewport.around(given)
    ra, dec, _ = view.field()
    found = outsiders(given, view)
    assert [(each.row, each.name) for each in found] == [(8, "Row 8"), (9, "Row 9")]
    away = SkyCoord(*np.array(PLACES[8:]).T, unit=u.deg).separation(SkyCoord(ra, dec, unit=u.deg)).deg
    assert [each.distance for each in found] == pytest.approx(away.tolist())
    shown = on_map(given, view)
    assert [mark.row for mark in shown.marks] == list(range(8))
    assert len(shown.images) == 8
    assert has_outsiders(given)


def test_images_are_told_where_there_are_no_positions() -> None:
    given = Scene("", images=squares(PLACES))
    found = outsiders(given, Viewport.around(given))
    assert [(each.row, each.text) for each in found] == [(None, "image 8"), (None, "image 9")]


def test_the_whole_sky_shows_all_and_so_does_a_field_of_all() -> None:
    given = scene(PLACES)
    assert outsiders(given, Viewport.all_sky()) == []
    assert on_map(given, Viewport.all_sky()) is given
    assert not has_outsiders(scene(PLACES[:8]))
    assert not has_outsiders(Scene("nothing"))


def test_a_row_that_is_far_but_lies_on_the_map_of_large_images_is_shown() -> None:
    marks = (*scene([(10.0, 0.0)] * 9).marks, Mark(10.0, 1.2, 9, MarkKind.COVERED, ""))
    given = Scene("", marks, images=squares([(10.0, 0.0)], side=4.0))
    assert not has_outsiders(given)
    assert has_outsiders(Scene("", marks))


def test_an_outline_touches_a_map_that_it_covers_or_crosses() -> None:
    view = Viewport.around(scene([(10.0, 0.0), (11.0, 1.0)]))
    outlines = squares([(10.5, 0.5), (14.0, 0.5), (190.0, 0.0)], side=0.2)
    assert touch_map(outlines, view).tolist() == [True, False, False]
    assert touch_map(squares([(10.5, 0.5)], side=20.0), view).tolist() == [True]
