"""A scene as SVG: map, grid, scale and legend, with what is said of each row and image in its title.

The drawing depends on the scene alone, byte for byte. Its length is bounded: of more outlines or marks than
`MOST_TITLED` the rest are drawn without a title of their own, and of more than `MOST_OUTLINES` evenly chosen
ones are, which the legend says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
from markupsafe import escape
from numpy.typing import NDArray

from skybatch.presentation.sky_sketch.graticule import graticule, scale_bar
from skybatch.presentation.sky_sketch.scene import (
    Coverage,
    Mark,
    MarkKind,
    Outlines,
    Scene,
    circle_positions,
)
from skybatch.presentation.sky_sketch.style import style
from skybatch.presentation.sky_sketch.viewport import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Viewport
from skybatch.sky.vectors import Floats

MEDIA_TYPE = "image/svg+xml"
MOST_TITLED = 3000
MOST_OUTLINES = 10_000
HUES = 6
_SMALLEST_IMAGE, _SMALLEST_CROP = 2.0, 7.0  # units; what is smaller is hidden by its position's mark
_LEGEND_ROW = 16.0
_SEEN = 0.05  # units; a line that is off by less looks the same
_MANY = 300  # marks, of which more are drawn smaller
_ORDER = {kind: place for place, kind in enumerate(MarkKind)}


def sketch(scene: Scene, coverage: Sequence[Coverage] = ()) -> bytes:
    """Return the SVG of a scene; ``coverage`` is drawn behind a map of the whole sky."""
    return "".join(_parts(scene, coverage)).encode()


def _parts(scene: Scene, coverage: Sequence[Coverage]) -> Iterator[str]:
    view = Viewport.around(scene)
    legend = list(_legend(scene, view))
    height = view.height + _LEGEND_ROW * len(legend) + 8.0
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="sky" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
    yield f'width="{WIDTH:.0f}" height="{height:.0f}" role="img" aria-labelledby="sky-title" '
    yield f'data-field="{" ".join(f"{each:.6g}" for each in view.field())}">\n'
    yield f'<title id="sky-title">{escape(scene.title)}</title>\n<style>{style()}</style>\n'
    yield f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" '
    yield f'height="{view.height - TOP - BOTTOM}"/>\n' if not view.projection.shows_all else 'height="0"/>\n'
    yield f'<svg x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{view.height - TOP - BOTTOM}" '
    yield f'viewBox="{LEFT} {TOP} {WIDTH - LEFT - RIGHT} {view.height - TOP - BOTTOM}">\n'
    yield from _map(scene, view, coverage)
    yield "</svg>\n"
    yield from _labels(view)
    for number, row in enumerate(legend):
        yield f'<g transform="translate({LEFT} {view.height + 4.0 + _LEGEND_ROW * number})">{row}</g>\n'
    yield "</svg>\n"


def _map(scene: Scene, view: Viewport, coverage: Sequence[Coverage]) -> Iterator[str]:
    if view.projection.shows_all:
        for hue, each in enumerate(coverage):
            yield f'<path class="sea hue{hue % HUES}" d="{"".join(_cells(each, view))}"/>\n'
    grid = "".join(_polyline(*_thinned(line.x, line.y)) for line in graticule(view))
    yield f'<path class="grid" d="{grid}"/>\n'
    yield from _outlines(scene.images, view, "image", _SMALLEST_IMAGE)
    if scene.region is not None:
        x, y = view.place(*circle_positions(scene.region))
        yield f'<path class="region" d="{_polyline(x, y, close=True)}"/>\n'
    yield from _outlines(scene.crops, view, "crop", _SMALLEST_CROP)
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
        yield _polyline(*view.place(ra, dec), close=True)


def _outlines(outlines: Outlines, view: Viewport, kind: str, smallest: float) -> Iterator[str]:
    """Yield those outlines that are large enough to be seen."""
    if not len(outlines):
        return
    x, y = view.place(outlines.ra, outlines.dec)
    classes = [
        f"{kind} hue{group % HUES}{' cut' if cut else ''}"
        for group, cut in zip(outlines.group.tolist(), outlines.cut.tolist(), strict=True)
    ]
    seen = _chosen(np.flatnonzero(_is_seen(x, y, view, smallest))).tolist()
    numbered = enumerate(sorted(seen, key=classes.__getitem__))
    for name, members in groupby(numbered, key=lambda each: classes[each[1]]):
        yield f'<g class="{name}">\n'
        for number, i in members:
            title = _title(outlines.texts[i]) if number < MOST_TITLED else ""
            yield _element("path", f'd="{_polyline(x[i], y[i], close=True)}"', title)
        yield "</g>\n"


def _is_seen(x: Floats, y: Floats, view: Viewport, smallest: float) -> NDArray[np.bool_]:
    """Return which quadrilaterals are not too small, and not torn apart at the edge of a map."""
    across, along = np.ptp(x, axis=1), np.ptp(y, axis=1)
    whole = np.maximum(across, along) < (WIDTH / 3.0 if view.projection.shows_all else np.inf)
    return np.asarray(whole & (np.maximum(across, along) >= smallest))


def _chosen(numbers: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return at most `MOST_OUTLINES`, evenly chosen."""
    if len(numbers) <= MOST_OUTLINES:
        return numbers
    return numbers[np.linspace(0, len(numbers) - 1, MOST_OUTLINES).astype(np.intp)]


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
        yield f'<defs><path id="{shape}" d="{_shape(kind, 0.0, 0.0, radius)}"/></defs>\n'
        yield f'<g class="mark {kind}">\n'
        for number, i in members:
            place = f'href="#{shape}" x="{_short(x[i])}" y="{_short(y[i])}" data-row="{marks[i].row}"'
            yield _element("use", place, _title(marks[i].text) if number < MOST_TITLED else "")
        yield "</g>\n"


def _element(name: str, attributes: str, content: str) -> str:
    return f"<{name} {attributes}>{content}</{name}>\n" if content else f"<{name} {attributes}/>\n"


def _shape(kind: MarkKind, x: float, y: float, radius: float) -> str:
    """Return the path of a mark: disc, ring, square or cross, told apart without colours."""
    r = radius
    if kind is MarkKind.NOT_COVERED:
        return f"M{x - r:.1f} {y - r:.1f}l{2 * r:g} {2 * r:g}m0 {-2 * r:g}l{-2 * r:g} {2 * r:g}"
    if kind is MarkKind.LEFT_OUT:
        return f"M{x - r:.1f} {y - r:.1f}h{2 * r:g}v{2 * r:g}h{-2 * r:g}z"
    return f"M{x - r:.1f} {y:.1f}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"


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


def _legend(scene: Scene, view: Viewport) -> Iterator[str]:
    """Yield the rows of the legend: kinds of marks with counts, groups of images, what is not drawn."""
    counts = Counter(mark.kind for mark in scene.marks)
    for kind in MarkKind:
        if counts[kind]:
            shape = f'<path class="mark {kind}" d="{_shape(kind, 6.0, 4.0, 3.0)}"/>'
            yield f"{shape}{_words(f'{scene.labels.get(kind, kind)}: {counts[kind]:,}')}"
    for number, name in enumerate(scene.images.groups):
        of_group = int((scene.images.group == number).sum())
        yield f"{_box(f'image hue{number % HUES}')}{_words(f'{name}: {of_group:,}')}"
    if cut := int(scene.crops.cut.sum()):
        yield f"{_box('crop cut hue0')}{_words(f'Crops that end at the edge of their image: {cut:,}')}"
    if scene.region is not None:
        region = f"Region of {2 * scene.region.radius:g}° diameter"
        yield f'<path class="region" d="M0 4h12"/>{_words(region)}'
    yield from map(_words, _not_drawn(scene, view))


def _box(kinds: str) -> str:
    return f'<rect class="{kinds}" x="0" y="-1" width="12" height="9"/>'


def _words(words: str) -> str:
    return f'<text x="18" y="8">{escape(words)}</text>'


def _not_drawn(scene: Scene, view: Viewport) -> Iterator[str]:
    if scene.without_position:
        rows = "row has" if scene.without_position == 1 else "rows have"
        yield f"{scene.without_position:,} {rows} no position"
    images = _seen(scene.images, view, _SMALLEST_IMAGE)
    for kind, seen in (("image", images), ("crop", _seen(scene.crops, view, _SMALLEST_CROP))):
        if seen > MOST_OUTLINES:
            yield f"{MOST_OUTLINES:,} of {seen:,} {kind} outlines are drawn"
    if images < len(scene.images):
        yield "Images too small to be seen at this scale are not drawn"


def _seen(outlines: Outlines, view: Viewport, smallest: float) -> int:
    """Count the outlines that are large enough to be seen."""
    x, y = view.place(outlines.ra, outlines.dec)
    return int(_is_seen(x, y, view, smallest).sum())


def _polyline(x: Iterable[float], y: Iterable[float], *, close: bool = False) -> str:
    """Return a path through places in the drawing, interrupted where there is none."""
    path, pen = [], "M"
    for across, down in zip(x, y, strict=True):
        if not (np.isfinite(across) and np.isfinite(down)):
            pen = "M"
            continue
        path.append(f"{pen}{_short(across)} {_short(down)}")
        pen = " "  # further places after one that was moved to: lines (SVG 1.1, section 8.3.2)
    return "".join(path) + ("z" if close and path else "")


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Leave out every other place of a line for as long as nobody could see that in the drawing."""
    while len(x) > 2 and len(x) % 2 and _passes_through_middles(x) and _passes_through_middles(y):
        x, y = x[::2], y[::2]
    return x, y


def _passes_through_middles(values: Floats) -> bool:
    """Tell whether every other value is the mean of its neighbours; NaN is not."""
    return bool((np.abs((values[:-2:2] + values[2::2]) / 2.0 - values[1::2]) < _SEEN).all())


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>"
