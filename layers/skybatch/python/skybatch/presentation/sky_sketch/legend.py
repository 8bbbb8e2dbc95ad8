"""The rows of a sketch's legend: what is shown and how often, what lies outside, what is not drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import escape

from skybatch.plain_text import plain
from skybatch.presentation.sky_sketch.outside import Outsider
from skybatch.presentation.sky_sketch.paths import mark_shape, titled
from skybatch.presentation.sky_sketch.scene import MarkKind, Scene
from skybatch.presentation.sky_sketch.viewport import Viewport
from skybatch.presentation.sky_sketch.visible import (
    MOST_OUTLINES,
    SMALLEST_CROP,
    SMALLEST_IMAGE,
    count_seen,
)

HUES = 6
ROW_HEIGHT = 16.0
MOST_NAMED = 5
"""Rows outside of a map that are named, each on a row of the legend."""
_MOST_IN_TITLE = 20
MOST_CHARACTERS = 58
"""Of a row, which ends within the drawing in the letters of a phone."""
_SHOWN = MOST_CHARACTERS - len(", 87.5° away")
LEFT = 12.0
"""Where rows begin."""


def legend(scene: Scene, shown: Scene, outside: Sequence[Outsider], view: Viewport) -> Iterator[str]:
    """Yield its rows; ``shown`` is what of the scene lies on the map."""
    counts = Counter(mark.kind for mark in scene.marks)
    for kind in MarkKind:
        if counts[kind]:
            yield f"{_shape(kind)}{_words(f'{scene.labels.get(kind, kind)}: {counts[kind]:,}')}"
    yield from _outside(outside)
    for number, name in enumerate(scene.images.groups):
        of_group = int((scene.images.group == number).sum())
        yield f"{_box(f'image hue{number % HUES}')}{_words(f'{plain(name, _SHOWN)}: {of_group:,}')}"
    if cut := int(scene.crops.cut.sum()):
        words = f"Crops cut at an edge of their image, bands as one: {cut:,}"
        yield f"{_box('crop cut hue0')}{_words(words)}"
    if scene.region is not None:
        region = f"Region of {2 * scene.region.radius:g}° diameter"
        yield f'<path class="region" d="M0 4h12"/>{_words(region)}'
    yield from map(_words, _not_drawn(shown, view))


def _outside(outside: Sequence[Outsider]) -> Iterator[str]:
    """Yield how many lie far outside, and which."""
    if not outside:
        return
    kind = "image" if outside[0].row is None else "row"
    lie = f"{kind} lies" if len(outside) == 1 else f"{kind}s lie"
    yield _words(f"{len(outside):,} {lie} far outside of this map:")
    for each in outside[:MOST_NAMED]:
        row = "" if each.row is None else f' data-row="{each.row}"'
        words = escape(f"{plain(each.name, _SHOWN)}, {each.distance:.3g}° away")
        shape = _shape(each.kind) if each.kind else ""
        yield f'{shape}<text class="far" x="18" y="8"{row}>{titled(each.text)}{words}</text>'
    if rest := outside[MOST_NAMED:]:
        names = "\n".join(each.name for each in rest[:_MOST_IN_TITLE])
        more = f"\nand {len(rest) - _MOST_IN_TITLE:,} more" if len(rest) > _MOST_IN_TITLE else ""
        yield f'<text class="far" x="18" y="8">{titled(names + more)}and {len(rest):,} more</text>'


def _not_drawn(scene: Scene, view: Viewport) -> Iterator[str]:
    if scene.without_position:
        rows = "row has" if scene.without_position == 1 else "rows have"
        yield f"{scene.without_position:,} {rows} no position"
    images = count_seen(scene.images, view, SMALLEST_IMAGE)
    for kind, seen in (("image", images), ("crop", count_seen(scene.crops, view, SMALLEST_CROP))):
        if seen > MOST_OUTLINES:
            yield f"{MOST_OUTLINES:,} of {seen:,} {kind} outlines are drawn"
    if images < len(scene.images):
        yield "Images too small to be seen at this scale are not drawn"


def _shape(kind: MarkKind) -> str:
    return f'<path class="mark {kind}" d="{mark_shape(kind, 6.0, 4.0, 3.0)}"/>'


def _box(kinds: str) -> str:
    return f'<rect class="{kinds}" x="0" y="-1" width="12" height="9"/>'


def _words(words: str) -> str:
    return f'<text x="18" y="8">{escape(words)}</text>'
