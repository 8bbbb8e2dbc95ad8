"""Which part of the sky a batch is about."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from skybatch.batch.results.targets import Target
from skybatch.presentation.gallery.sky_links import Field
from skybatch.presentation.sky_sketch.main_part import near_most
from skybatch.sky.vectors import to_sphere, to_vector
from skybatch.status import RequestSummary

_LEAST_FIELD, _MOST_FIELD = 0.1, 180.0


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
    """Return what holds all places but those far from most, as a sketch does."""
    ra, dec = np.array(places, np.float64).T
    near = near_most(ra, dec)
    vectors = to_vector(ra[near], dec[near])
    middle = vectors.mean(axis=0)
    length = float(np.linalg.norm(middle))
    if length < 1e-6:
        return Field(0.0, 0.0, _MOST_FIELD)
    away = float(np.clip((vectors @ middle).min() / length, -1.0, 1.0))
    centre_ra, centre_dec = to_sphere(middle)
    return Field(float(centre_ra), float(centre_dec), _bounded(math.degrees(math.acos(away)) * 2.4))


def _bounded(width: float) -> float:
    return max(_LEAST_FIELD, min(_MOST_FIELD, width))
