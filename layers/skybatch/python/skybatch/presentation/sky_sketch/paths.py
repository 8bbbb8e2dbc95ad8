"""Paths of a sketch as SVG writes them (SVG 1.1, section 8.3), and texts beside them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from markupsafe import escape

from skybatch.presentation.sky_sketch.scene import MarkKind
from skybatch.sky.vectors import Floats

_SEEN = 0.05  # units; a line that is off by less looks the same


def polyline(x: Iterable[float], y: Iterable[float], *, close: bool = False) -> str:
    """Return a path through places in the drawing, interrupted where there is none."""
    path, pen = [], "M"
    for across, down in zip(x, y, strict=True):
        if not (np.isfinite(across) and np.isfinite(down)):
            pen = "M"
            continue
        path.append(f"{pen}{short(across)} {short(down)}")
        pen = " "  # further places after one that was moved to: lines (section 8.3.2)
    return "".join(path) + ("z" if close and path else "")


def thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Leave out every other place of a line for as long as nobody could see that in the drawing."""
    while len(x) > 2 and len(x) % 2 and _passes_through_middles(x) and _passes_through_middles(y):
        x, y = x[::2], y[::2]
    return x, y


def _passes_through_middles(values: Floats) -> bool:
    """Tell whether every other value is the mean of its neighbours; NaN is not."""
    return bool((np.abs((values[:-2:2] + values[2::2]) / 2.0 - values[1::2]) < _SEEN).all())


def mark_shape(kind: MarkKind, x: float, y: float, radius: float) -> str:
    """Return the path of a mark: disc, ring, square or cross, told apart without colours."""
    r = radius
    if kind is MarkKind.NOT_COVERED:
        return f"M{x - r:.1f} {y - r:.1f}l{2 * r:g} {2 * r:g}m0 {-2 * r:g}l{-2 * r:g} {2 * r:g}"
    if kind is MarkKind.LEFT_OUT:
        return f"M{x - r:.1f} {y - r:.1f}h{2 * r:g}v{2 * r:g}h{-2 * r:g}z"
    return f"M{x - r:.1f} {y:.1f}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"


def element(name: str, attributes: str, content: str) -> str:
    """Return an element on a line of its own."""
    return f"<{name} {attributes}>{content}</{name}>\n" if content else f"<{name} {attributes}/>\n"


def titled(text: str) -> str:
    """Return the title of what it stands in."""
    return f"<title>{escape(text)}</title>"


def short(value: float) -> str:
    """Write units of the drawing."""
    return f"{value:.1f}".removesuffix(".0")
