"""The grid of right ascension and declination behind a sketch, with its labels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from skybatch.presentation.sky_sketch.projection import Gnomonic
from skybatch.presentation.sky_sketch.viewport import BOTTOM, LEFT, TOP, WIDTH, Viewport
from skybatch.sky.vectors import Floats

_STEPS = (
    *(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 45.0, 90.0),
)
_LENGTHS = (
    *((length / 3600.0, f"{length}″") for length in (1, 2, 5, 10, 20, 30)),
    *((length / 60.0, f"{length}′") for length in (1, 2, 5, 10, 20, 30)),
    *((float(length), f"{length}°") for length in (1, 2, 5, 10, 15, 30)),
)
_SAMPLES = 65  # of a line; 2^n + 1, as those of longer ones, so that a drawing can leave out every other
_LONG, _LONGEST = 2 * _SAMPLES - 1, 4 * _SAMPLES - 3
_LINES = 5  # about so many of each kind
_GAP = 26.0  # units that two labels of one side are apart, at least
_HALF_LABEL = 31.0  # units of "204.255°", in the letters of a phone
_BEYOND = 1.001  # of the map: a line that would end just at its edge is to cross it


@dataclass(frozen=True)
class GridLine:
    """A line as places in the drawing, (n,) each, and its label with its place and anchor; "" for none."""

    x: Floats
    y: Floats
    label: str = ""
    label_x: float = 0.0
    label_y: float = 0.0
    anchor: str = "middle"


def graticule(view: Viewport) -> list[GridLine]:
    """Return the lines of the grid: meridians, then parallels."""
    if not isinstance(view.projection, Gnomonic):
        return [*_map_meridians(view), *_map_parallels(view)]
    ra, dec = _seen(view, view.projection)
    return [*_meridians(view, ra, dec), *_parallels(view, ra, dec)]


def _seen(view: Viewport, projection: Gnomonic) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ranges of right ascension (without a jump at 0) and declination that a field shows."""
    across, along = view.half_sizes()
    steps = np.linspace(-_BEYOND, _BEYOND, 33)
    x, y = np.meshgrid(across * steps + view.x, along * steps + view.y)
    ra, dec = projection.sky(x, y)
    turned = (ra - projection.ra + 180.0) % 360.0 - 180.0
    south, north = float(dec.min()), float(dec.max())
    for pole in (-90.0, 90.0):
        pole_x, pole_y = projection.plane(0.0, pole)
        if abs(pole_x - view.x) <= across and abs(pole_y - view.y) <= along:
            return (projection.ra - 180.0, projection.ra + 180.0), (min(south, pole), max(north, pole))
    return (projection.ra + float(turned.min()), projection.ra + float(turned.max())), (south, north)


def _meridians(view: Viewport, ra: tuple[float, float], dec: tuple[float, float]) -> Iterator[GridLine]:
    step = _step(ra[1] - ra[0])
    along = np.linspace(max(dec[0], -90.0), min(dec[1], 90.0), _SAMPLES)
    last = math.inf
    for value in _multiples(*ra, step)[::-1]:
        x, y = view.place(np.full(_SAMPLES, value), along)
        at = _crossing(y, x, view.height - BOTTOM, LEFT, WIDTH - _HALF_LABEL)
        if at is None or (last != math.inf and abs(at - last) < _GAP + 14.0):
            yield GridLine(x, y)
            continue
        last = at
        yield GridLine(x, y, degrees(value % 360.0, step), at, view.height - BOTTOM + 13.0)


def _parallels(view: Viewport, ra: tuple[float, float], dec: tuple[float, float]) -> Iterator[GridLine]:
    step = _step(dec[1] - dec[0])
    around = np.linspace(*ra, _LONGEST)
    last = math.inf
    for value in _multiples(max(dec[0], -90.0), min(dec[1], 90.0), step):
        x, y = view.place(around, np.full(len(around), value))
        at = _crossing(x, y, LEFT, TOP + 6.0, view.height - BOTTOM)
        if at is None or (last != math.inf and abs(at - last) < _GAP / 2.0):
            yield GridLine(x, y)
            continue
        last = at
        yield GridLine(x, y, degrees(value, step, sign=True), LEFT - 4.0, at + 4.0, "end")


def _map_meridians(view: Viewport) -> Iterator[GridLine]:
    along = np.linspace(-90.0, 90.0, _SAMPLES)
    for value in range(0, 361, 30):
        x, y = view.place(np.full(_SAMPLES, float(value)), along)
        label = f"{value}°" if value % 60 == 0 and 0 < value < 360 else ""
        middle = _SAMPLES // 2
        yield GridLine(x, y, label, float(x[middle]), float(y[middle]) + 11.0)


def _map_parallels(view: Viewport) -> Iterator[GridLine]:
    around = np.linspace(0.0, 360.0, _LONG)
    for value in range(-60, 61, 30):
        x, y = view.place(around, np.full(len(around), float(value)))
        label = f"{value:+d}°" if value else "0°"
        yield GridLine(x, y, label, float(x.min()) - 3.0, float(y[0]) + 4.0, "end")


def _step(span: float) -> float:
    return next((step for step in _STEPS if span / step <= _LINES), _STEPS[-1])


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def _crossing(along: Floats, across: Floats, edge: float, low: float, high: float) -> float | None:
    """Return where a line crosses an edge of the map, within its ends; None where it does not."""
    before, after = along[:-1] - edge, along[1:] - edge
    for i in np.flatnonzero((before * after <= 0.0) & (before != after)):
        at = float(across[i] + (across[i + 1] - across[i]) * before[i] / (before[i] - after[i]))
        if low <= at <= high:
            return at
    return None


def degrees(value: float, step: float, *, sign: bool = False) -> str:
    """Write degrees with as many decimals as tell multiples of a step apart."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    text = f"{value:{'+' if sign else ''}.{decimals}f}"
    return f"{'0' if float(text) == 0.0 and not decimals else text}°"


def scale_bar(view: Viewport) -> tuple[float, str]:
    """Return a round length, less than a quarter of the drawing's width: in units, and in words."""
    length, words = round_length(WIDTH / 4.5 / view.scale)
    return length * view.scale, words


def round_length(longest: float) -> tuple[float, str]:
    """Return the longest round angle of at most ``longest`` degrees, and in words; else the shortest one."""
    fitting = [each for each in _LENGTHS if each[0] <= longest]
    return fitting[-1] if fitting else _LENGTHS[0]
