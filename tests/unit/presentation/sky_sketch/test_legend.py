"""The legend: counts of all rows, names of those outside, what is not drawn."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from skybatch.presentation.sky_sketch.legend import MOST_CHARACTERS, MOST_NAMED, legend
from skybatch.presentation.sky_sketch.outside import on_map, outsiders
from skybatch.presentation.sky_sketch.scene import Mark, MarkKind, Scene
from skybatch.presentation.sky_sketch.scene_of_plan import EXPECTED_LABELS, FINAL_LABELS
from skybatch.presentation.sky_sketch.viewport import Viewport
from tests.unit.presentation.sky_sketch.test_main_part import scene, squares

NEAR = [(10.0 + n / 40, 0.0) for n in range(200)]


def rows(given: Scene) -> list[ElementTree.Element]:
    view = Viewport.around(given)
    found = legend(given, on_map(given, view), outsiders(given, view), view)
    return [ElementTree.fromstring(f"<g>{row}</g>") for row in found]


def words(given: Scene) -> list[str]:
    return [row.findall("text")[0].text or row.findall("text/title")[0].tail or "" for row in rows(given)]


def test_all_rows_are_counted_and_those_outside_named() -> None:
    far = Mark(190.0, 0.0, 201, MarkKind.NOT_COVERED, "Row 201: not covered", "Row 201 (M 31)")
    given = Scene("", (*scene(NEAR).marks, far), {MarkKind.COVERED: "Covered"}, squares([(10.0, 0.0)]))
    assert words(given) == [
        *("Covered: 200", "not-covered: 1", "1 row lies far outside of this map:"),
        *("Row 201 (M 31), 178° away", "A: 1"),
    ]
    named = rows(given)[3]
    assert named.findall("path")[0].get("class") == "mark not-covered"
    assert named.findall("text")[0].get("data-row") == "201"


def test_of_many_rows_outside_some_are_named_and_the_rest_counted() -> None:
    given = scene([*NEAR, *((190.0, 0.0) for _ in range(30))])
    told = words(given)
    assert told[1] == "30 rows lie far outside of this map:"
    assert told[-1] == f"and {30 - MOST_NAMED} more"
    title = rows(given)[-1].findall("text/title")[0].text or ""
    assert title.split("\n")[0] == f"Row {200 + MOST_NAMED}"
    assert title.split("\n")[-1] == "and 5 more"


def test_images_outside_are_told_where_there_are_no_positions_and_small_ones_are_not_confused_with_them() -> (
    None
):
    told = words(Scene("", images=squares([*NEAR[:40], (190.0, 0.0)])))
    assert told == ["1 image lies far outside of this map:", "image 40, 180° away", "A: 41"]


def test_a_field_of_all_its_rows_names_none() -> None:
    assert words(scene(NEAR)) == ["covered: 200"]


def test_no_row_is_longer_than_a_phone_shows() -> None:
    far = Mark(190.0, 0.0, 20_001, MarkKind.LEFT_OUT, "", f"Row 20001 ({'x' * 40})")
    near = squares(NEAR[:20])
    images = replace(near, groups=("A survey of a very long name, " * 3,), cut=np.ones(20, bool))
    labels = {**FINAL_LABELS, **EXPECTED_LABELS}
    marks = tuple(replace(mark, kind=list(MarkKind)[mark.row % 4]) for mark in scene(NEAR * 60).marks)
    told = words(Scene("", (*marks, far), labels, images, images, without_position=2500))
    assert max(map(len, told)) <= MOST_CHARACTERS
    assert [row for row in told if row.startswith("Row 20001 (xx")]
