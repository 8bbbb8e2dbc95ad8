"""The regions of POS: ``CIRCLE``, ``RANGE``, ``POLYGON`` in ICRS degrees (SIA 2.0 section 2.1.1, SODA 1.0).

A RANGE is a polygon whose sides along parallels are short chords; one around a pole is a circle.
"""

from __future__ import annotations

import math

import numpy as np

from skybatch.sky.angles import checked_latitude, wrapped
from skybatch.sky.polygons import Polygon
from skybatch.sky.regions import Circle
from skybatch.validation import InvalidValue
from skybatch.vo.parameters import number, number_or_infinity, refused

MAX_RADIUS = 60.0
MAX_VERTICES = 200
CHORD_DEGREES = 0.25

PosRegion = Circle | Polygon
# Steps, as measured: of a region, of each image set that its circle holds, and of each corner for each set.
_STEPS_PER_REGION, _STEPS_PER_SET, _STEPS_PER_CORNER = 1_000_000, 900, 150


def steps_of_region(region: PosRegion, sets: int) -> int:
    """Return the work of looking up a region among image sets of the whole sky, in steps of a budget."""
    share = (1.0 - math.cos(math.radians(region.angular_radius))) / 2.0
    corners = len(region.ra) if isinstance(region, Polygon) else 0
    return _STEPS_PER_REGION + int(share * sets * (_STEPS_PER_SET + _STEPS_PER_CORNER * corners))


def parse_pos(text: str, name: str = "POS") -> PosRegion:
    """Read a shape and its numbers, as ``CIRCLE 10.7 41.2 0.1``. Raises MalformedRequest."""
    shape, _, rest = text.strip().partition(" ")
    parsers = {"CIRCLE": parse_circle, "RANGE": parse_range, "POLYGON": parse_polygon}
    if shape.upper() not in parsers:
        raise refused(name, text, "must begin with CIRCLE, RANGE or POLYGON")
    return parsers[shape.upper()](rest, name)


def parse_circle(text: str, name: str = "CIRCLE") -> Circle:
    """Read ``ra dec radius``. Raises MalformedRequest."""
    values = _numbers(text, name)
    if len(values) != 3:
        raise refused(name, text, "a circle is right ascension, declination and radius")
    ra, dec, radius = values
    if not 0.0 <= radius <= MAX_RADIUS:
        raise refused(name, text, f"must have a radius of 0 to {MAX_RADIUS:g} degrees")
    return Circle(_longitude(ra, name, text), _latitude(dec, name, text), radius)


def parse_polygon(text: str, name: str = "POLYGON") -> Polygon:
    """Read ``ra1 dec1 ra2 dec2 ra3 dec3 …``, three corners or more. Raises MalformedRequest."""
    values = _numbers(text, name)
    if len(values) % 2 or not 6 <= len(values) <= 2 * MAX_VERTICES:
        raise refused(
            name, text, f"a polygon is 3 to {MAX_VERTICES} pairs of right ascension and declination"
        )
    ra = np.array([_longitude(value, name, text) for value in values[::2]])
    dec = np.array([_latitude(value, name, text) for value in values[1::2]])
    return _bounded(Polygon(ra, dec), name, text)


def parse_range(text: str, name: str = "RANGE") -> PosRegion:
    """Read ``ra1 ra2 dec1 dec2``; ``-Inf`` and ``+Inf`` leave a side open: 0 and 360 degrees, the poles.

    Raises MalformedRequest.
    """
    values = [number_or_infinity(name, word) for word in text.split()]
    if len(values) != 4 or values[0] > values[1] or values[2] > values[3]:
        raise refused(name, text, "a range is two right ascensions and two declinations, each rising")
    west, east = _side(values[0], 0.0), _side(values[1], 360.0)
    for side in (west, east):
        _longitude(side, name, text)
    south, north = max(values[2], -90.0), min(values[3], 90.0)
    if west > east or south > north:
        raise refused(name, text, "must lie on the sky")
    if east - west >= 360.0:
        return _polar_cap(south, north, name, text)
    if east - west > 2.0 * MAX_RADIUS:
        raise refused(name, text, f"may span {2 * MAX_RADIUS:g} degrees at most: ask for it in parts")
    return _bounded(_range_polygon(west, east, south, north), name, text)


def _range_polygon(west: float, east: float, south: float, north: float) -> Polygon:
    along = np.linspace(west, east, max(2, math.ceil((east - west) / CHORD_DEGREES) + 1))
    ra = np.concatenate([along, along[::-1]])
    return Polygon(ra, np.repeat([south, north], len(along)))


def _polar_cap(south: float, north: float, name: str, text: str) -> Circle:
    if north == 90.0 and 90.0 - south <= MAX_RADIUS:
        return Circle(0.0, 90.0, 90.0 - south)
    if south == -90.0 and 90.0 + north <= MAX_RADIUS:
        return Circle(0.0, -90.0, 90.0 + north)
    raise refused(name, text, "goes all around the sky without being a cap: ask for it in parts")


def _bounded(polygon: Polygon, name: str, text: str) -> Polygon:
    if polygon.angular_radius > MAX_RADIUS:
        raise refused(name, text, f"must lie within {MAX_RADIUS:g} degrees of its middle")
    return polygon


def _side(value: float, where_open: float) -> float:
    return value if math.isfinite(value) else where_open


def _longitude(degrees: float, name: str, text: str) -> float:
    """Return a right ascension in [0, 360) degrees. Raises MalformedRequest."""
    try:
        return wrapped(degrees)
    except InvalidValue as broken:
        raise refused(name, text, f"has the right ascension {degrees:g}, which {broken}") from None


def _latitude(degrees: float, name: str, text: str) -> float:
    """Return a declination in degrees. Raises MalformedRequest."""
    try:
        return checked_latitude(degrees)
    except InvalidValue as broken:
        raise refused(name, text, f"has the declination {degrees:g}, which {broken}") from None


def _numbers(text: str, name: str) -> list[float]:
    return [number(name, word) for word in text.replace(",", " ").split()]
