"""Sketches as SVG: well formed, the same every time, of bounded length, nothing typed becomes markup."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from skybatch.presentation.sky_sketch import drawing
from skybatch.presentation.sky_sketch.drawing import sketch
from skybatch.presentation.sky_sketch.scene import Circle, Coverage, Mark, MarkKind, Outlines, Scene
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


def test_each_position_and_image_has_its_title_and_its_kind_a_shape_of_its_own() -> None:
    scene = Scene("A field", marks(8), images=outlines(4))
    drawn = ElementTree.fromstring(sketch(scene))
    of_map = drawn.find(f"{SVG}svg")
    assert of_map is not None
    titles = {title.text for title in of_map.iter(f"{SVG}title")}
    assert titles == {f"Row {n}" for n in range(1, 9)} | {f"image {n}" for n in range(4)}
    shapes = [each for each in of_map.iter(f"{SVG}path") if each.get("data-row")]
    paths = {each.get("class"): each.get("d", "") for each in shapes}
    assert len({"".join(c for c in path if c.isalpha()) for path in paths.values()}) == 3
    assert {each.get("data-row") for each in shapes} == {str(n) for n in range(1, 9)}


def test_the_legend_counts_what_is_shown() -> None:
    scene = Scene("", marks(8), {MarkKind.COVERED: "Here"}, outlines(4), outlines(10), Circle(200, 0, 1.0), 2)
    words = [text.text for text in ElementTree.fromstring(sketch(scene)).iter(f"{SVG}text")]
    assert {"Here: 2", "A, J: 2", "B, W1: 2", "Region of 2° diameter", "2 rows have no position"} <= set(
        words
    )
    assert "Crops that end at the edge of their image: 2" in words


def test_it_is_the_same_every_time_and_what_was_typed_is_text() -> None:
    mark = Mark(10.0, 20.0, 1, MarkKind.COVERED, EVIL)
    scene = Scene(EVIL, (mark,), {MarkKind.COVERED: EVIL})
    assert sketch(scene) == sketch(scene)
    read = ElementTree.fromstring(sketch(scene))
    assert not list(read.iter(f"{SVG}script"))


@pytest.mark.parametrize("images", [10_000, 40_000])
def test_its_length_is_bounded(images: int, monkeypatch: pytest.MonkeyPatch) -> None:
    svg = sketch(Scene("", marks(2500), images=outlines(images)))
    assert len(svg) < 1_400_000
    assert classes(svg).count("image hue0") + classes(svg).count("image hue1") <= drawing.MOST_OUTLINES + 20
    if images > drawing.MOST_OUTLINES:
        assert b"10,000 of 40,000 image outlines are drawn" in svg


def test_images_too_small_to_be_seen_are_left_out_and_that_is_said() -> None:
    everywhere = tuple(Mark(ra, 0.0, 1, MarkKind.COVERED, "") for ra in range(0, 360, 10))
    svg = sketch(Scene("", everywhere, images=outlines(5)))
    assert "image hue0" not in classes(svg)[:60]
    assert b"too small" in svg


def test_coverage_lies_behind_a_map_of_the_sky_alone() -> None:
    bounds = (np.array([0.0]), np.array([360.0]), np.array([-5.0]), np.array([0.0]))
    everywhere = tuple(Mark(ra, 0.0, 1, MarkKind.COVERED, "") for ra in range(0, 360, 10))
    assert any("sea" in each for each in classes(sketch(Scene("", everywhere), [Coverage(*bounds)])))
    field = Scene("", (Mark(10.0, 0.0, 1, MarkKind.COVERED, ""),))
    assert not any("sea" in each for each in classes(sketch(field, [Coverage(*bounds)])))
