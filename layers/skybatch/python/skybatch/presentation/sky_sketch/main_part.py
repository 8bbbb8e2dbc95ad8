"""Where most of a scene lies: a few positions far from all others do not make a field a map of the sky."""

from __future__ import annotations

import numpy as np

from skybatch.presentation.sky_sketch.scene import Flags, Outlines, Scene
from skybatch.sky.vectors import Floats, to_sphere, to_vector

SHARE = 0.8
"""Of the positions: those nearest to the middle, by which the others are judged."""
FAR = 5.0
"""Times the distance of that share, beyond which a position lies far from most."""
_LEAST_DISTANCE = 0.2  # degrees; so that rows of one target and another beside it are one field


def main_positions(scene: Scene) -> tuple[Floats, Floats]:
    """Return the ICRS positions, degrees, that a sketch must show: all but those far from most.

    Images count by themselves where a scene has neither positions nor region, else those of its positions do.
    """
    images = scene.images
    if scene.region is not None or not (scene.marks or len(images)):
        return scene.positions()
    centres, radii = _circles(images)
    places = to_vector(*scene.mark_positions()) if scene.marks else centres
    middle, reach = _middle_and_reach(places)
    near = _distance(places, middle) <= reach
    marks = places[near] if scene.marks else np.empty((0, 3))
    shown = _distance(centres, middle) - (radii if scene.marks else 0.0) <= reach
    corners = to_vector(images.ra[shown], images.dec[shown]).reshape(-1, 3)
    vectors = np.concatenate([marks, corners])
    return to_sphere(vectors[np.isfinite(vectors).all(axis=1)])


def near_most(ra: Floats, dec: Floats) -> Flags:
    """Return which ICRS positions, degrees, (n,), do not lie far from most of them."""
    places = to_vector(ra, dec)
    middle, reach = _middle_and_reach(places)
    return np.asarray(_distance(places, middle) <= reach)


def _middle_and_reach(places: Floats) -> tuple[Floats, float]:
    """Return the median direction of unit vectors, and the degrees from it that are near; 180 for all."""
    median = np.nanmedian(places, axis=0)
    length = float(np.linalg.norm(median))
    if not length > 1e-6:
        return np.array([1.0, 0.0, 0.0]), 180.0
    middle = median / length
    # "lower": of three to five positions, a single one cannot count itself among most.
    most = float(np.nanquantile(_distance(places, middle), SHARE, method="lower"))
    return middle, min(180.0, FAR * max(most, _LEAST_DISTANCE))


def _distance(places: Floats, middle: Floats) -> Floats:
    """Return degrees between unit vectors (n, 3) and one."""
    return np.asarray(np.degrees(np.arccos(np.clip(places @ middle, -1.0, 1.0))))


def _circles(outlines: Outlines) -> tuple[Floats, Floats]:
    """Return the middles of quadrilaterals as unit vectors (n, 3), and their radii in degrees (n,)."""
    corners = to_vector(outlines.ra, outlines.dec).reshape(-1, 4, 3)
    middles = corners.sum(axis=1)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    toward = np.einsum("ncj,nj->nc", corners, middles)
    return middles, np.degrees(np.arccos(np.clip(toward, -1.0, 1.0))).max(axis=1, initial=0.0)
