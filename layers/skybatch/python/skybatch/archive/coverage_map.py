"""A map of the whole sky in equal areas, on which what a data set covers is drawn, as SVG.

Hammer projection, right ascension 0 h in the middle and growing to the left, as the sky is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.vectors import Floats

# Pixels of the map; one is half a degree wide.
WIDTH, HEIGHT = 720, 360
# No more than so many are outlined so broadly that nobody overlooks them.
FEW_PIXELS = 100
_COVERED, _SKY, _LINES, _TEXT = "#2f6fb0", "#eef1f4", "#9aa5b1", "#39424e"
_ROOT2 = float(np.sqrt(2.0))
_PARALLELS = (-60, -30, 0, 30, 60)
_MERIDIANS = (-120, -60, 0, 60, 120)

Covered = Callable[[Floats, Floats], NDArray[np.bool_]]


def covered_pixels(covers: Covered, ra: Floats, dec: Floats) -> NDArray[np.bool_]:
    """Return which pixels of the map are covered, (HEIGHT, WIDTH), the first row in the north.

    ``covers`` tells of positions in degrees whether they are; the pixels in which images have their middles,
    ``ra`` and ``dec`` in degrees, are covered too, however small the images.
    """
    pixels = np.zeros((HEIGHT, WIDTH), bool)
    row, column = np.indices(pixels.shape).astype(np.float64) + 0.5
    longitude, latitude, inside = _from_map(column, row)
    pixels[inside] = covers(longitude[inside], latitude[inside])
    x, y = _to_map(ra, dec)
    pixels[np.minimum(y.astype(int), HEIGHT - 1), np.minimum(x.astype(int), WIDTH - 1)] = True
    return pixels


def coverage_map(pixels: NDArray[np.bool_], title: str) -> str:
    """Return the drawing of covered pixels."""
    across, down = WIDTH // 2, HEIGHT // 2
    outline = 1 if pixels.sum() > FEW_PIXELS else 5
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<ellipse cx="{across}" cy="{down}" rx="{across}" ry="{down}" fill="{_SKY}"/>\n'
        f'<path fill="{_COVERED}" stroke="{_COVERED}" stroke-width="{outline}" stroke-linejoin="round"'
        f' d="{"".join(_runs(pixels))}"/>\n'
        f'<g fill="none" stroke="{_LINES}" stroke-width="0.5">\n{"".join(_graticule())}</g>\n'
        f"{''.join(_labels())}</svg>\n"
    )


def _runs(pixels: NDArray[np.bool_]) -> Iterator[str]:
    """Yield a rectangle for each run of covered pixels side by side."""
    edges = np.diff(pixels.astype(np.int8), axis=1, prepend=0, append=0)
    for row in np.flatnonzero(pixels.any(axis=1)).tolist():
        starts, stops = np.flatnonzero(edges[row] > 0), np.flatnonzero(edges[row] < 0)
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
            yield f"M{start} {row}h{stop - start}v1h{start - stop}z"


def _graticule() -> Iterator[str]:
    steps = np.linspace(-179.999, 179.999, 121)
    for latitude in _PARALLELS:
        yield _line(steps, np.full(len(steps), float(latitude)))
    for longitude in _MERIDIANS:
        yield _line(np.full(61, float(longitude)), np.linspace(-90.0, 90.0, 61))


def _line(ra: Floats, dec: Floats) -> str:
    points = zip(*(axis.round(1).tolist() for axis in _to_map(ra, dec)), strict=True)
    return f'<polyline points="{" ".join(f"{x},{y}" for x, y in points)}"/>\n'


def _labels() -> Iterator[str]:
    halo = f'stroke="{_SKY}" stroke-width="3" paint-order="stroke"'
    style = f'font-family="sans-serif" font-size="12" fill="{_TEXT}" {halo}'
    for longitude in _MERIDIANS:
        (x,), (y,) = _to_map(np.array([float(longitude)]), np.array([0.0]))
        yield f'<text x="{x + 3:.0f}" y="{y - 3:.0f}" {style}>{longitude % 360 // 15} h</text>\n'


def _to_map(ra: Floats, dec: Floats) -> tuple[Floats, Floats]:
    """Return the place of positions in pixels of the map, from its upper left corner."""
    longitude = np.radians((np.asarray(ra) + 180.0) % 360.0 - 180.0)
    latitude = np.radians(np.asarray(dec))
    depth = np.sqrt(1.0 + np.cos(latitude) * np.cos(longitude / 2.0))
    across = np.cos(latitude) * np.sin(longitude / 2.0) / depth * _ROOT2
    return (1.0 - across / _ROOT2) * WIDTH / 2.0, (1.0 - np.sin(latitude) / depth) * HEIGHT / 2.0


def _from_map(x: Floats, y: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return right ascension and declination of places on the map, and which of them are on the sky."""
    across = (1.0 - x / (WIDTH / 2.0)) * _ROOT2
    up = (1.0 - y / (HEIGHT / 2.0)) * _ROOT2
    inside = across**2 + up**2 < 2.0
    depth = np.sqrt(np.maximum(1.0 - across**2 / 4.0 - up**2 / 4.0, 0.0))
    longitude = 2.0 * np.arctan2(across * depth, 2.0 * depth**2 - 1.0)
    latitude = np.arcsin(np.clip(up * depth, -1.0, 1.0))
    return np.degrees(longitude) % 360.0, np.degrees(latitude), inside
