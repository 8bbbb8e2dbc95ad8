"""Where else a batch's part of the sky can be looked at: addresses of services that draw the sky."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode

from skybatch.batch.results.targets import Target
from skybatch.status import RequestSummary

_LEAST_FIELD, _MOST_FIELD = 0.1, 180.0


class Field(NamedTuple):
    """A part of the sky: ICRS centre and width, degrees."""

    ra: float
    dec: float
    width: float


def sky_links(field: Field) -> list[tuple[str, str]]:
    """Return name and address of each service; nothing is loaded from them unless somebody goes there."""
    target = f"{field.ra:.6f} {field.dec:+.6f}"
    aladin = urlencode({"target": target, "fov": f"{field.width:.4g}"}, quote_via=quote)
    esasky = {"target": target, "fov": f"{field.width:.4g}", "cooframe": "J2000", "sci": "true"}
    return [
        ("Aladin Lite", f"https://aladin.cds.unistra.fr/AladinLite/?{aladin}"),
        ("ESASky", f"https://sky.esa.int/esasky/?{urlencode(esasky, quote_via=quote)}"),
    ]


def field_of(request: RequestSummary | None, targets: Sequence[Target]) -> Field | None:
    """Return the part of the sky that holds a request; None where it has no place."""
    region = request.region if request else None
    if region is not None and region.center is not None:
        return Field(*region.center, _bounded(region.diameter * 1.2))
    places = [place for target in targets if (place := _place(target)) is not None]
    return _around(places) if places else None


def _place(target: Target) -> tuple[float, float] | None:
    if target.row.position is not None:
        return target.row.position.ra, target.row.position.dec
    geometry = target.pictures[0].task.geometry if target.pictures else None
    return (geometry.crval1, geometry.crval2) if geometry else None


def _around(places: Sequence[tuple[float, float]]) -> Field:
    vectors = [_vector(*place) for place in places]
    x, y, z = (sum(each) / len(vectors) for each in zip(*vectors, strict=True))
    length = math.hypot(x, y, z)
    if length < 1e-6:
        return Field(0.0, 0.0, _MOST_FIELD)
    away = min((x * a + y * b + z * c) / length for a, b, c in vectors)
    width = math.degrees(math.acos(max(-1.0, min(1.0, away)))) * 2.4
    return Field(math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.asin(z / length)), _bounded(width))


def _vector(ra: float, dec: float) -> tuple[float, float, float]:
    alpha, delta = math.radians(ra), math.radians(dec)
    return math.cos(delta) * math.cos(alpha), math.cos(delta) * math.sin(alpha), math.sin(delta)


def _bounded(width: float) -> float:
    return max(_LEAST_FIELD, min(_MOST_FIELD, width))
