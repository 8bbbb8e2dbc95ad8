"""What of a scene lies on its map, and what far outside of it, where rows lie far from all others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from skybatch.presentation.sky_sketch.scene import Flags, Mark, MarkKind, Outlines, Scene
from skybatch.presentation.sky_sketch.viewport import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Viewport
from skybatch.sky.vectors import Floats, to_vector


@dataclass(frozen=True)
class Outsider:
    """A row, or an image where a scene has no positions, that lies outside of a map.

    ``name`` is what it is called, ``text`` what is said of it, ``distance`` degrees from its middle.
    """

    name: str
    text: str
    distance: float
    row: int | None = None
    kind: MarkKind | None = None


def on_map(scene: Scene, view: Viewport) -> Scene:
    """Return what of a scene lies on a map, in whole or in part."""
    if view.projection.shows_all:
        return scene
    marks = tuple(mark for mark, shown in zip(scene.marks, _shown_marks(scene, view), strict=True) if shown)
    images, crops = (each.chosen(touch_map(each, view)) for each in (scene.images, scene.crops))
    return replace(scene, marks=marks, images=images, crops=crops)


def outsiders(scene: Scene, view: Viewport) -> list[Outsider]:
    """Return what a map does not show, in order: rows with a position, else images."""
    if view.projection.shows_all:
        return []
    middle = to_vector(*view.field()[:2])
    if scene.marks:
        missing = np.flatnonzero(~_shown_marks(scene, view)).tolist()
        return [_row(scene.marks[i], middle) for i in missing]
    missing = np.flatnonzero(~touch_map(scene.images, view)).tolist()
    return [_image(scene.images, i, middle) for i in missing]


def has_outsiders(scene: Scene) -> bool:
    """Tell whether the sketch of a scene leaves rows or images out that lie far from most."""
    return not scene.is_empty and bool(outsiders(scene, Viewport.around(scene)))


def _shown_marks(scene: Scene, view: Viewport) -> Flags:
    return view.shows(*view.place(*scene.mark_positions()))


def touch_map(outlines: Outlines, view: Viewport) -> NDArray[np.bool_]:
    """Return which quadrilaterals lie on a map, in whole or in part; one without a place does not."""
    x, y = view.place(outlines.ra, outlines.dec)
    across = (x.max(axis=1) >= LEFT) & (x.min(axis=1) <= WIDTH - RIGHT)
    down = (y.max(axis=1) >= TOP) & (y.min(axis=1) <= view.height - BOTTOM)
    return np.asarray(across & down)


def _row(mark: Mark, middle: Floats) -> Outsider:
    away = _degrees_between(to_vector(mark.ra, mark.dec), middle)
    return Outsider(mark.name or f"Row {mark.row}", mark.text, away, mark.row, mark.kind)


def _image(images: Outlines, i: int, middle: Floats) -> Outsider:
    corners = to_vector(images.ra[i], images.dec[i]).sum(axis=0)
    away = _degrees_between(corners / np.linalg.norm(corners), middle)
    return Outsider(images.texts[i], images.texts[i], away)


def _degrees_between(one: Floats, other: Floats) -> float:
    return float(np.degrees(np.arccos(np.clip(one @ other, -1.0, 1.0))))
