"""Paths and texts as SVG writes them."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import numpy as np
import pytest

from skybatch.presentation.sky_sketch.paths import element, mark_shape, polyline, short, thinned, titled
from skybatch.presentation.sky_sketch.scene import MarkKind
from tests.support.batches.batch_samples import EVIL


def test_a_line_is_interrupted_where_it_has_no_place() -> None:
    assert polyline([1.0, 2.04, math.nan, 4.0, 5.5], [0.0] * 5) == "M1 0 2 0M4 0 5.5 0"
    assert polyline([1.0, 2.0], [3.0, 4.0], close=True) == "M1 3 2 4z"
    assert polyline([math.nan], [1.0], close=True) == ""


def test_a_straight_line_has_two_places_and_a_bent_one_keeps_its_own() -> None:
    along = np.linspace(0.0, 64.0, 65)
    x, y = thinned(along, 2.0 * along)
    assert (x.tolist(), y.tolist()) == ([0.0, 64.0], [0.0, 128.0])
    bent = np.sin(along / 10.0) * 100.0
    assert len(thinned(along, bent)[0]) > 20


def test_kinds_differ_in_shape() -> None:
    shapes = ["".join(filter(str.isalpha, mark_shape(kind, 0.0, 0.0, 3.0))) for kind in MarkKind]
    assert len(set(shapes)) == 3  # a ring is a disc that is not filled


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (1.26, "1.3"), (-0.5, "-0.5"), (100.04, "100")])
def test_units_are_written_with_a_decimal_where_it_counts(value: float, written: str) -> None:
    assert short(value) == written


def test_what_was_typed_stays_text() -> None:
    read = ElementTree.fromstring(element("path", 'd="M0 0"', titled(EVIL)))
    assert [each.tag for each in read] == ["title"]
    assert element("use", 'x="1"', "") == '<use x="1"/>\n'
