"""The figures of POS: ``CIRCLE``, ``RANGE``, ``POLYGON`` in ICRS degrees (SIA 2.0 section 2.1.1, SODA 1.0).

Polygon sides are great circles. In a gnomonic plane about a figure's middle great circles are straight
lines, so plane geometry there is exact; the sides of a RANGE along parallels become short chords.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from skybatch.sky.footprints import fk5_vector, to_sphere, to_vector
from skybatch.vo.parameters import number, refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.inventory import Inventory
    from skybatch.sky.footprints import Floats

MOST_RADIUS = 60.0
STEP_DEGREES = 0.25
MOST_VERTICES = 200


@dataclass(frozen=True)
class Circle:
    """All points within ``radius`` degrees of a position."""

    ra: float
    dec: float
    radius: float

    def sets(self, inventory: Inventory) -> NDArray[np.intp]:
        """The image sets that overlap the circle, in inventory order."""
        return inventory.region(self.ra, self.dec, 2.0 * self.radius, "overlap")


@dataclass(frozen=True, eq=False)
class Polygon:
    """A polygon by ``ra``, ``dec`` of its corners (m,); not crossing itself, nor wider than a hemisphere."""

    ra: Floats
    dec: Floats

    @cached_property
    def _corners(self) -> Floats:
        return np.asarray(fk5_vector(self.ra, self.dec))

    @cached_property
    def _middle(self) -> Floats:
        total = self._corners.sum(axis=0)
        length = float(np.linalg.norm(total))
        return np.asarray(total / length if length > 0.0 else self._corners[0])

    @property
    def radius(self) -> float:
        """Degrees from the middle to the farthest corner."""
        return math.degrees(math.acos(max(-1.0, float((self._corners @ self._middle).min()))))

    def sets(self, inventory: Inventory) -> NDArray[np.intp]:
        """The image sets that overlap the polygon, in inventory order."""
        ra, dec = to_sphere(to_vector(*_icrs_of(self._middle)))
        near = inventory.region(float(ra), float(dec), 2.0 * self.radius + 1e-6, "overlap")
        if not len(near):
            return near
        corner_ra, corner_dec = inventory.footprints(near).corners()
        flat = self._flat(to_vector(corner_ra, corner_dec))
        return near[_overlap(flat, self._flat(self._corners))]

    def _flat(self, vectors: Floats) -> Floats:
        """Positions (..., 2) in the gnomonic plane about the middle."""
        ra, dec = to_sphere(self._middle)
        east, north = _tangents(float(ra), float(dec))
        toward = vectors @ self._middle
        return np.stack([vectors @ east / toward, vectors @ north / toward], axis=-1)


Figure = Circle | Polygon


def figure(text: str, name: str = "POS") -> Figure:
    """The figure that a text writes, as ``CIRCLE 10.7 41.2 0.1``. Raises MalformedRequest."""
    shape, _, rest = text.strip().partition(" ")
    readers = {"CIRCLE": circle, "RANGE": range_, "POLYGON": polygon}
    if shape.upper() not in readers:
        raise refused(name, text, "must begin with CIRCLE, RANGE or POLYGON")
    return readers[shape.upper()](rest, name)


def circle(text: str, name: str = "CIRCLE") -> Circle:
    """``ra dec radius``."""
    values = _numbers(text, name)
    if len(values) != 3:
        raise refused(name, text, "a circle is right ascension, declination and radius")
    ra, dec, radius = values
    if not (0.0 <= ra <= 360.0 and -90.0 <= dec <= 90.0 and 0.0 <= radius <= MOST_RADIUS):
        raise refused(name, text, f"must lie on the sky, with a radius of 0 to {MOST_RADIUS:g} degrees")
    return Circle(ra % 360.0, dec, radius)


def polygon(text: str, name: str = "POLYGON") -> Polygon:
    """``ra1 dec1 ra2 dec2 ra3 dec3 …``, three corners or more."""
    values = _numbers(text, name)
    if len(values) % 2 or not 6 <= len(values) <= 2 * MOST_VERTICES:
        raise refused(
            name, text, f"a polygon is 3 to {MOST_VERTICES} pairs of right ascension and declination"
        )
    ra, dec = np.array(values[::2]), np.array(values[1::2])
    if (ra < 0.0).any() or (ra > 360.0).any() or (np.abs(dec) > 90.0).any():
        raise refused(name, text, "must lie on the sky")
    return _small(Polygon(ra, dec), name, text)


def range_(text: str, name: str = "RANGE") -> Figure:
    """``ra1 ra2 dec1 dec2``; ``-Inf`` and ``+Inf`` leave a side open."""
    values = [_bound(word, name) for word in text.split()]
    if len(values) != 4 or values[0] > values[1] or values[2] > values[3]:
        raise refused(name, text, "a range is two right ascensions and two declinations, each rising")
    west, east = max(values[0], 0.0), min(values[1], 360.0)
    south, north = max(values[2], -90.0), min(values[3], 90.0)
    if west > east or south > north:
        raise refused(name, text, "must lie on the sky")
    if east - west >= 360.0:
        return _cap(south, north, name, text)
    if east - west > 2.0 * MOST_RADIUS:
        raise refused(name, text, f"may span {2 * MOST_RADIUS:g} degrees at most: ask for it in parts")
    along = np.linspace(west, east, max(2, math.ceil((east - west) / STEP_DEGREES) + 1))
    ra = np.concatenate([along, along[::-1]])
    dec = np.concatenate([np.full(len(along), south), np.full(len(along), north)])
    return _small(Polygon(ra, dec), name, text)


def _cap(south: float, north: float, name: str, text: str) -> Circle:
    if north == 90.0 and 90.0 - south <= MOST_RADIUS:
        return Circle(0.0, 90.0, 90.0 - south)
    if south == -90.0 and 90.0 + north <= MOST_RADIUS:
        return Circle(0.0, -90.0, 90.0 + north)
    raise refused(name, text, "goes all around the sky without being a cap: ask for it in parts")


def _small(found: Polygon, name: str, text: str) -> Polygon:
    if found.radius > MOST_RADIUS:
        raise refused(name, text, f"must lie within {MOST_RADIUS:g} degrees of its middle")
    return found


def _numbers(text: str, name: str) -> list[float]:
    return [number(name, word) for word in text.replace(",", " ").split()]


def _bound(word: str, name: str) -> float:
    infinite = {"-inf": -math.inf, "+inf": math.inf, "inf": math.inf}
    return infinite[word.lower()] if word.lower() in infinite else number(name, word)


def _tangents(ra: float, dec: float) -> tuple[Floats, Floats]:
    alpha, delta = math.radians(ra), math.radians(dec)
    east = np.array([-math.sin(alpha), math.cos(alpha), 0.0])
    north = np.array(
        [-math.sin(delta) * math.cos(alpha), -math.sin(delta) * math.sin(alpha), math.cos(delta)]
    )
    return east, north


def _icrs_of(fk5: Floats) -> tuple[float, float]:
    from skybatch.sky.footprints import fk5_to_icrs

    ra, dec = fk5_to_icrs(*to_sphere(fk5))
    return float(ra), float(dec)


def _overlap(images: Floats, corners: Floats) -> NDArray[np.bool_]:
    """Which quadrilaterals (n, 4, 2) share a point with a polygon (m, 2), in one plane."""
    inside = np.any(_within(images, corners), axis=1)
    covered = _hold(images, corners[0])
    starts, ends = images, np.roll(images, -1, axis=1)
    found: NDArray[np.bool_] = inside | covered
    for first, second in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        found |= np.any(_cross(starts, ends, first, second), axis=1)
    return found


def _within(points: Floats, corners: Floats) -> NDArray[np.bool_]:
    """Which points (..., 2) lie in a polygon (m, 2): an odd number of sides to their right."""
    x, y = points[..., 0], points[..., 1]
    odd = np.zeros(x.shape, bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        spans = (y1 > y) != (y2 > y)
        if y1 != y2:
            odd ^= spans & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd


def _hold(images: Floats, point: Floats) -> NDArray[np.bool_]:
    """Which convex quadrilaterals (n, 4, 2) hold a point (2,): it lies on one side of all their sides."""
    sides = _side(images, np.roll(images, -1, axis=1), point)
    return np.asarray(np.all(sides >= 0.0, axis=1) | np.all(sides <= 0.0, axis=1))


def _cross(starts: Floats, ends: Floats, first: Floats, second: Floats) -> NDArray[np.bool_]:
    """Which segments (n, 4) meet the segment from ``first`` to ``second``; touching counts."""
    side_1, side_2 = _side(first, second, starts), _side(first, second, ends)
    side_3, side_4 = _side(starts, ends, first), _side(starts, ends, second)
    return (side_1 * side_2 <= 0.0) & (side_3 * side_4 <= 0.0)


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    return (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        c[..., 0] - a[..., 0]
    )
