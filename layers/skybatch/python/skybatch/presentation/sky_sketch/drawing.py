"""A scene as SVG: map, grid, scale and legend, with what is said of each row and image in its title.

The drawing depends on the scene alone, byte for byte. Its length is bounded: of more outlines or marks than
`MOST_TITLED` the rest are drawn without a title of their own, and of more than `MOST_OUTLINES` evenly chosen
ones are, which the legend says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from markupsafe import escape

from skybatch.presentation.sky_sketch.graticule import graticule, scale_bar
from skybatch.presentation.sky_sketch.legend import HUES, ROW_HEIGHT, legend
from skybatch.presentation.sky_sketch.legend import LEFT as LEGEND_LEFT
from skybatch.presentation.sky_sketch.outside import on_map, outsiders
from skybatch.presentation.sky_sketch.paths import element, mark_shape, polyline, short, thinned, titled
from skybatch.presentation.sky_sketch.scene import Coverage, Mark, MarkKind, Outlines, Scene, circle_positions
from skybatch.presentation.sky_sketch.style import style
from skybatch.presentation.sky_sketch.viewport import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Viewport
from skybatch.presentation.sky_sketch.visible import SMALLEST_CROP, SMALLEST_IMAGE, drawn_outlines

MEDIA_TYPE = "image/svg+xml"
MOST_TITLED = 3000
_MANY = 300  # marks, of which more are drawn smaller
_ORDER = {kind: place for place, kind in enumerate(MarkKind)}


def sketch(scene: Scene, coverage: Sequence[Coverage] = (), *, whole: bool = False) -> bytes:
    """Return the SVG of a scene.

    ``coverage`` is drawn behind a map of the whole sky, which ``whole`` asks for also where most of the scene
    fits into a field.
    """
    view = Viewport.all_sky() if whole else Viewport.around(scene)
    return "".join(_parts(scene, view, coverage)).encode()


def _parts(scene: Scene, view: Viewport, coverage: Sequence[Coverage]) -> Iterator[str]:
    shown, outside = on_map(scene, view), outsiders(scene, view)
    rows = list(legend(scene, shown, outside, view))
    yield _head(view, view.height + ROW_HEIGHT * len(rows) + 8.0, len(outside))
    yield f'<title id="sky-title">{escape(scene.title)}</title>\n<style>{style()}</style>\n'
    size = f'width="{WIDTH - LEFT - RIGHT}" height="{view.height - TOP - BOTTOM}"'
    if not view.projection.shows_all:
        yield f'<rect class="border" x="{LEFT}" y="{TOP}" {size}/>\n'
    yield f'<svg x="{LEFT}" y="{TOP}" {size} '
    yield f'viewBox="{LEFT} {TOP} {WIDTH - LEFT - RIGHT} {view.height - TOP - BOTTOM}">\n'
    yield from _map(shown, view, coverage)
    yield "</svg>\n"
    yield from _labels(view)
    for number, row in enumerate(rows):
        yield f'<g transform="translate({LEGEND_LEFT} {view.height + 4.0 + ROW_HEIGHT * number})">{row}</g>\n'
    yield "</svg>\n"


def _head(view: Viewport, height: float, outside: int) -> str:
    """Open the drawing, which says what part of the sky it shows, and how many rows lie outside."""
    field = " ".join(f"{each:.6g}" for each in view.field())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sky" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
        f'width="{WIDTH:.0f}" height="{height:.0f}" role="img" aria-labelledby="sky-title" '
        f'data-field="{field}" data-outside="{outside}">\n'
    )


def _map(scene: Scene, view: Viewport, coverage: Sequence[Coverage]) -> Iterator[str]:
    if view.projection.shows_all:
        for hue, each in enumerate(coverage):
            yield f'<path class="sea hue{hue % HUES}" d="{"".join(_cells(each, view))}"/>\n'
    grid = "".join(polyline(*thinned(line.x, line.y)) for line in graticule(view))
    yield f'<path class="grid" d="{grid}"/>\n'
    yield from _outlines(scene.images, view, "image", SMALLEST_IMAGE)
    if scene.region is not None:
        x, y = view.place(*circle_positions(scene.region))
        yield f'<path class="region" d="{polyline(x, y, close=True)}"/>\n'
    yield from _outlines(scene.crops, view, "crop", SMALLEST_CROP)
    yield from _marks(scene.marks, view)


def _cells(coverage: Coverage, view: Viewport) -> Iterator[str]:
    """Yield the outlines of cells, along their parallels as those run."""
    bounds = zip(coverage.west, coverage.east, coverage.south, coverage.north, strict=True)
    for west, east, south, north in bounds:
        steps = max(2, int((east - west) / 5.0) + 1)
        along = np.linspace(west, east, steps)
        side = np.linspace(south, north, 3)
        ra = np.concatenate([along, np.full(3, east), along[::-1], np.full(3, west)])
        dec = np.concatenate([np.full(steps, south), side, np.full(steps, north), side[::-1]])
        yield polyline(*view.place(ra, dec), close=True)


def _outlines(outlines: Outlines, view: Viewport, kind: str, smallest: float) -> Iterator[str]:
    """Yield those outlines that are large enough to be seen."""
    x, y = view.place(outlines.ra, outlines.dec)
    classes = [
        f"{kind} hue{group % HUES}{' cut' if cut else ''}"
        for group, cut in zip(outlines.group.tolist(), outlines.cut.tolist(), strict=True)
    ]
    drawn = drawn_outlines(outlines, x, y, view, smallest)
    numbered = enumerate(sorted(drawn, key=classes.__getitem__))
    for name, members in groupby(numbered, key=lambda each: classes[each[1]]):
        yield f'<g class="{name}">\n'
        for number, i in members:
            title = titled(outlines.texts[i]) if number < MOST_TITLED else ""
            yield element("path", f'd="{polyline(x[i], y[i], close=True)}"', title)
        yield "</g>\n"


def _marks(marks: Sequence[Mark], view: Viewport) -> Iterator[str]:
    """Yield the positions by kind, those that are covered below those that are not.

    The shape of a kind is written once: a request may have 2500 positions.
    """
    if not marks:
        return
    x, y = view.place([mark.ra for mark in marks], [mark.dec for mark in marks])
    radius = 3.0 if len(marks) <= _MANY else 2.0
    order = sorted(range(len(marks)), key=lambda i: _ORDER[marks[i].kind])
    for kind, members in groupby(enumerate(order), key=lambda each: marks[each[1]].kind):
        shape = f"sky-{_ORDER[kind]}"
        yield f'<defs><path id="{shape}" d="{mark_shape(kind, 0.0, 0.0, radius)}"/></defs>\n'
        yield f'<g class="mark {kind}">\n'
        for number, i in members:
            place = f'href="#{shape}" x="{short(x[i])}" y="{short(y[i])}" data-row="{marks[i].row}"'
            yield element("use", place, titled(marks[i].text) if number < MOST_TITLED else "")
        yield "</g>\n"


def _labels(view: Viewport) -> Iterator[str]:
    """Yield the labels of the grid; for a field, scale bar and directions, too."""
    for line in graticule(view):
        if line.label:
            place = f'x="{line.label_x:.1f}" y="{line.label_y:.1f}" text-anchor="{line.anchor}"'
            yield f'<text class="soft" {place}>{line.label}</text>\n'
    if view.projection.shows_all:
        return
    length, words = scale_bar(view)
    x, y = LEFT + 10.0, view.height - BOTTOM - 10.0
    yield f'<path class="rule" d="M{x:.1f} {y - 3:.1f}v6m0 -3h{length:.1f}m0 -3v6"/>\n'
    yield f'<text x="{x + length / 2.0:.1f}" y="{y - 6.0:.1f}" text-anchor="middle">{words}</text>\n'
    x, y = WIDTH - RIGHT - 12.0, view.height - BOTTOM - 10.0
    yield f'<path class="rule" d="M{x:.1f} {y - 26:.1f}v26h-26m3 -3l-3 3l3 3m20 -26l3 -3l3 3"/>\n'
    yield f'<text x="{x:.1f}" y="{y - 31.0:.1f}" text-anchor="middle">N</text>\n'
    yield f'<text x="{x - 30.0:.1f}" y="{y + 4.0:.1f}" text-anchor="end">E</text>\n'
