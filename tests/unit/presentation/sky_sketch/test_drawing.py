"""Sketches as SVG: well formed, the same every time, of bounded length, nothing typed becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from shapely import LineString

from skybatch.presentation.sky_sketch.drawing import sketch
from skybatch.presentation.sky_sketch.graticule import graticule
from skybatch.presentation.sky_sketch.scene import Circle, Coverage, Mark, MarkKind, Outlines, Scene
from skybatch.presentation.sky_sketch.viewport import Viewport
from skybatch.presentation.sky_sketch.visible import MOST_OUTLINES
from tests.support.batches.batch_samples import EVIL

SVG = "{http://www.w3.org/2000/svg}"


def outlines(count: int, side: float = 0.2, around: float = 3.0) -> Outlines:
    rng = np.random.default_rng(3)
    ra, dec = 200.0 + rng.uniform(-around, around, count), rng.uniform(-around, around, count)
    corner_ra = ra[:, None] + np.array([0.0, -side, -side, 0.0])
    corner_dec = dec[:, None] + np.array([0.0, 0.0, side, side])
    texts = tuple(f"image {n}" for n in range(count))
    return Outlines(
        corner_ra, corner_dec, texts, np.arange(count) % 2, ("A, J", "B, W1"), np.arange(count) % 5 == 0
    )


def marks(count: int) -> tuple[Mark, ...]:
    rng = np.random.default_rng(4)
    kinds = list(MarkKind)
    places = zip(rng.uniform(197, 203, count).tolist(), rng.uniform(-3, 3, count).tolist(), strict=True)
    return tuple(Mark(*place, n, kinds[n % 4], f"Row {n}") for n, place in enumerate(places, 1))


def classes(svg: bytes) -> list[str]:
    return [element.get("class", "") for element in ElementTree.fromstring(svg).iter()]


def outlined(svg: bytes) -> list[ElementTree.Element]:
    groups = ElementTree.fromstring(svg).iterfind(f"{SVG}svg/{SVG}g")
    return [each for group in groups if "image" in group.get("class", "") for each in group]


def untitled(svg: bytes) -> int:
    """Bytes of a drawing in a page, which has its titles apart."""
    return len(re.sub(b"<title>[^<]*</title>", b"", svg))


def test_each_position_and_image_has_its_title_and_its_kind_a_shape_of_its_own() -> None:
    scene = Scene("A field", marks(8), images=outlines(4))
    drawn = ElementTree.fromstring(sketch(scene))
    of_map = drawn.find(f"{SVG}svg")
    assert of_map is not None
    titles = {title.text for title in of_map.iter(f"{SVG}title")}
    assert titles == {f"Row {n}" for n in range(1, 9)} | {f"image {n}" for n in range(4)}
    shapes = {each.get("id"): each.get("d", "") for each in of_map.iter(f"{SVG}path") if each.get("id")}
    assert len({"".join(c for c in path if c.isalpha()) for path in shapes.values()}) == 3
    placed = {each.get("data-row"): each.get("href", "") for each in of_map.iter(f"{SVG}use")}
    assert placed == {str(n): f"#sky-{n % 4}" for n in range(1, 9)}
    assert {f"#{name}" for name in shapes} == set(placed.values())


def test_the_legend_counts_what_is_shown() -> None:
    scene = Scene("", marks(8), {MarkKind.COVERED: "Here"}, outlines(4), outlines(10), Circle(200, 0, 1.0), 2)
    words = [text.text for text in ElementTree.fromstring(sketch(scene)).iter(f"{SVG}text")]
    assert {"Here: 2", "A, J: 2", "B, W1: 2", "Region of 2° diameter", "2 rows have no position"} <= set(
        words
    )
    assert "Crops cut at an edge of their image, bands as one: 2" in words


def test_it_is_the_same_every_time_and_what_was_typed_is_text() -> None:
    mark = Mark(10.0, 20.0, 1, MarkKind.COVERED, EVIL)
    scene = Scene(EVIL, (mark,), {MarkKind.COVERED: EVIL})
    assert sketch(scene) == sketch(scene)
    read = ElementTree.fromstring(sketch(scene))
    assert not list(read.iter(f"{SVG}script"))


@pytest.mark.parametrize("images", [10_000, 40_000])
def test_its_length_is_bounded(images: int) -> None:
    svg = sketch(Scene("", marks(2500), images=outlines(images)))
    assert len(svg) < 1_400_000
    assert len(outlined(svg)) <= MOST_OUTLINES
    if images > MOST_OUTLINES:
        assert b"10,000 of 40,000 image outlines are drawn" in svg


def test_most_positions_and_outlines_of_a_page_leave_it_small() -> None:
    """A page shows at most 500 outlines (sky.js), and holds titles, words of people, apart."""
    positions = tuple(replace(mark, text=f"{mark.text} ({'x' * 40})") for mark in marks(2500))
    assert untitled(sketch(Scene("", positions))) < 160_000
    assert untitled(sketch(Scene("", positions, images=outlines(500)))) < 195_000
    assert len(sketch(Scene("", marks(2500)))) < 250_000


def test_outlines_of_a_kind_share_its_class_and_keep_their_places() -> None:
    given = outlines(200)
    groups = ElementTree.fromstring(sketch(Scene("", images=given))).findall(f"{SVG}svg/{SVG}g")
    assert [each.get("class") for each in groups] == [
        "image hue0",
        "image hue0 cut",
        "image hue1",
        "image hue1 cut",
    ]
    titles = [each[0].text for group in groups for each in group]
    order = sorted(range(200), key=lambda n: (n % 2, n % 5 == 0))
    assert titles == [f"image {n}" for n in order]


@pytest.mark.parametrize(("dec", "most"), [(20.0, 10), (89.9999, 300)])
def test_lines_of_the_grid_have_few_places_and_look_the_same(dec: float, most: int) -> None:
    field = Scene("", (Mark(200.0, dec, 1, MarkKind.COVERED, ""),))
    grid = ElementTree.fromstring(sketch(field)).find(f"{SVG}svg/{SVG}path[@class='grid']")
    assert grid is not None
    drawn = [
        LineString(np.array(line.split(), float).reshape(-1, 2)) for line in grid.get("d", "").split("M")[1:]
    ]
    for line, wanted in zip(drawn, graticule(Viewport.around(field)), strict=True):
        assert len(line.coords) <= most
        assert line.hausdorff_distance(LineString(np.stack([wanted.x, wanted.y], axis=1))) < 0.2


def test_crops_beyond_the_bound_are_told_as_images_are() -> None:
    svg = sketch(Scene("", images=outlines(100), crops=outlines(10_100)))
    assert svg.count(b"<path d=") == 100 + MOST_OUTLINES
    assert re.search(rb"10,000 of 10,[01]\d\d crop outlines are drawn", svg)


def test_images_too_small_to_be_seen_are_left_out_and_that_is_said() -> None:
    everywhere = tuple(Mark(ra, 0.0, 1, MarkKind.COVERED, "") for ra in range(0, 360, 10))
    svg = sketch(Scene("", everywhere, images=outlines(5)))
    of_map = ElementTree.fromstring(svg).find(f"{SVG}svg")
    assert of_map is not None
    drawn = {each.get("class"): each for each in of_map.iter()}
    assert len(drawn["mark covered"]) == len(everywhere)
    assert not {"image hue0", "image hue1"} & {*drawn}
    assert b"too small" in svg


def test_coverage_lies_behind_a_map_of_the_sky_alone() -> None:
    bounds = (np.array([0.0]), np.array([360.0]), np.array([-5.0]), np.array([0.0]))
    everywhere = tuple(Mark(ra, 0.0, 1, MarkKind.COVERED, "") for ra in range(0, 360, 10))
    assert any("sea" in each for each in classes(sketch(Scene("", everywhere), [Coverage(*bounds)])))
    field = Scene("", (Mark(10.0, 0.0, 1, MarkKind.COVERED, ""),))
    assert not any("sea" in each for each in classes(sketch(field, [Coverage(*bounds)])))


@pytest.mark.parametrize("whole", [False, True])
def test_rows_far_from_most_are_named_below_the_field_and_marked_on_the_whole_sky(whole: bool) -> None:
    far = (
        Mark(20.0, 89.5, 49, MarkKind.NOT_COVERED, "Row 49 (<x>): not covered", "Row 49 (<x>)"),
        Mark(20.0, 0.0, 50, MarkKind.COVERED, "Row 50: covered", "Row 50"),
    )
    drawn = ElementTree.fromstring(sketch(Scene("", (*marks(40), *far)), whole=whole))
    assert drawn.get("data-outside") == ("0" if whole else "2")
    of_map = drawn.find(f"{SVG}svg")
    assert of_map is not None
    on_map = {int(each.get("data-row", "")) for each in of_map.iter(f"{SVG}use")}
    assert ({49, 50} <= on_map) is whole
    named = {each.get("data-row"): each for each in drawn.iter(f"{SVG}text") if each.get("class") == "far"}
    if whole:
        assert not named
    else:
        assert named["49"][0].text == "Row 49 (<x>): not covered"
        assert named["49"][0].tail == "Row 49 (<x>), 90.5° away"
        assert named["50"][0].tail == "Row 50, 180° away"
    assert on_map - {49, 50} == set(range(1, 41))
