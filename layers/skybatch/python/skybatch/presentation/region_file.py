"""A batch as regions for ds9 and whatever else reads its region files: positions, footprints, crops, circle.

SAOImage DS9 reference manual, "Regions", version 4.1 of the format: ICRS, degrees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from skybatch.presentation.sky_sketch.scene import Mark, MarkKind, Outlines, Scene

_HEAD = '# Region file format: DS9 version 4.1\nglobal width=1 font="helvetica 10 normal roman"\nicrs\n'
_POINTS = {
    MarkKind.COVERED: ("green", "circle"),
    MarkKind.PARTLY: ("yellow", "diamond"),
    MarkKind.LEFT_OUT: ("magenta", "box"),
    MarkKind.NOT_COVERED: ("red", "x"),
}
_COLOURS = ("cyan", "orange", "violet", "turquoise", "pink", "yellowgreen")
_UNSAFE = re.compile(r"[{}\r\n]")


def region_file(scene: Scene) -> bytes:
    """Return the region file of a scene: a line for each position and outline."""
    return "".join([_HEAD, *_lines(scene)]).encode()


def _lines(scene: Scene) -> Iterator[str]:
    if scene.region is not None:
        circle = scene.region
        place = f"{circle.ra:.6f},{circle.dec:+.6f},{circle.radius:.6f}"
        yield f"circle({place}) # color=white dash=1 text={{region}}\n"
    yield from _polygons(scene.images, "image")
    yield from _polygons(scene.crops, "crop")
    yield from map(_point, scene.marks)


def _point(mark: Mark) -> str:
    colour, shape = _POINTS[mark.kind]
    place = f"{mark.ra:.6f},{mark.dec:+.6f}"
    return f"point({place}) # point={shape} color={colour} text={{{_text(mark.text)}}} tag={{{mark.kind}}}\n"


def _polygons(outlines: Outlines, kind: str) -> Iterator[str]:
    for i, text in enumerate(outlines.texts):
        pairs = zip(outlines.ra[i].tolist(), outlines.dec[i].tolist(), strict=True)
        if not np.isfinite([outlines.ra[i], outlines.dec[i]]).all():
            continue  # beyond the hemisphere that its projection shows
        corners = ",".join(f"{ra:.6f},{dec:+.6f}" for ra, dec in pairs)
        colour = _COLOURS[outlines.group[i] % len(_COLOURS)]
        dash = " dash=1" if outlines.cut[i] else ""
        yield f"polygon({corners}) # color={colour}{dash} text={{{_text(text)}}} tag={{{kind}}}\n"


def _text(text: str) -> str:
    """Return text without what would end it, in ASCII, which is what ds9 reads."""
    return _UNSAFE.sub(" ", text).encode("ascii", "replace").decode()
