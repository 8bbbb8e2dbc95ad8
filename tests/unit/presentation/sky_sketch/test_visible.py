"""Which outlines are drawn: large enough ones, and evenly chosen ones of too many."""

from __future__ import annotations

import pytest

from skybatch.presentation.sky_sketch import visible
from skybatch.presentation.sky_sketch.scene import no_outlines
from skybatch.presentation.sky_sketch.viewport import Viewport
from skybatch.presentation.sky_sketch.visible import SMALLEST_IMAGE, count_seen, drawn_outlines
from tests.unit.presentation.sky_sketch.test_main_part import scene, squares

VIEW = Viewport.around(scene([(10.0, 0.0), (11.0, 1.0)]))


def test_small_ones_are_not_drawn_and_none_are_none() -> None:
    outlines = squares([(10.5, 0.5), (10.6, 0.6)], side=0.2)
    outlines.ra[1] = 10.6
    outlines.dec[1] = 0.6
    x, y = VIEW.place(outlines.ra, outlines.dec)
    assert drawn_outlines(outlines, x, y, VIEW, SMALLEST_IMAGE) == [0]
    assert count_seen(outlines, VIEW, SMALLEST_IMAGE) == 1
    none = no_outlines()
    assert drawn_outlines(none, none.ra, none.dec, VIEW, SMALLEST_IMAGE) == []


def test_of_too_many_some_are_drawn_from_first_to_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visible, "MOST_OUTLINES", 3)
    outlines = squares([(10.0 + n / 10, 0.5) for n in range(9)])
    x, y = VIEW.place(outlines.ra, outlines.dec)
    assert drawn_outlines(outlines, x, y, VIEW, SMALLEST_IMAGE) == [0, 4, 8]


def test_an_image_that_a_map_of_the_sky_tears_apart_is_not_drawn() -> None:
    outlines = squares([(0.0, 0.0), (90.0, 0.0)], side=8.0)
    x, y = Viewport.all_sky().place(outlines.ra, outlines.dec)
    assert drawn_outlines(outlines, x, y, Viewport.all_sky(), SMALLEST_IMAGE) == [1]
