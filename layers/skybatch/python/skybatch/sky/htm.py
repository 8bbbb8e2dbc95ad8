"""The Hierarchical Triangular Mesh, as far as the image inventory's ``bin`` needs it.

Vertices, root triangles and the order of children follow Kunszt, Szalay & Thakar (2001), *The Hierarchical
Triangular Mesh*.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.sky.vectors import Floats, to_vector

BIN_LEVEL = 7

_UP, _DOWN = (0, 0, 1), (0, 0, -1)
_X, _Y, _BACK_X, _BACK_Y = (1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 0)
# S0, S1, S2, S3, N0, N1, N2, N3; corners counterclockwise as seen from outside.
_ROOTS = np.array(
    [
        (_X, _DOWN, _Y),
        (_Y, _DOWN, _BACK_X),
        (_BACK_X, _DOWN, _BACK_Y),
        (_BACK_Y, _DOWN, _X),
        (_X, _UP, _BACK_Y),
        (_BACK_Y, _UP, _BACK_X),
        (_BACK_X, _UP, _Y),
        (_Y, _UP, _X),
    ],
    dtype=np.float64,
)


def htm_bin(ra: ArrayLike, dec: ArrayLike, level: int = BIN_LEVEL) -> NDArray[np.int64]:
    """Return the triangle that holds each position, as the inventory writes it.

    ``ra``, ``dec`` are degrees, shape (n,). The decimal digits of a number are 2 (north) or 1 (south), the
    root triangle, then one base-4 digit a level: 113321102 is S13321102. A point on an edge counts to the
    first child that touches it; on the equator to the north.
    """
    points = to_vector(np.atleast_1d(ra), np.atleast_1d(dec))
    number, corners = _root(points)
    for _ in range(level):
        digit, corners = _child(points, corners)
        number = number * 10 + digit
    return number


def _root(points: Floats) -> tuple[NDArray[np.int64], Floats]:
    x, y, north = points[:, 0], points[:, 1], points[:, 2] >= 0
    quadrant = np.select([(x > 0) & (y >= 0), (x <= 0) & (y > 0), (x < 0) & (y <= 0)], [0, 1, 2], 3)
    root = np.where(north, 7 - quadrant, quadrant)
    return np.where(north, 20, 10) + root % 4, _ROOTS[root]


def _child(points: Floats, corners: Floats) -> tuple[NDArray[np.int64], Floats]:
    v0, v1, v2 = corners[:, 0], corners[:, 1], corners[:, 2]
    w0, w1, w2 = _middle(v1, v2), _middle(v0, v2), _middle(v0, v1)
    beyond = [_left_of(w2, w1, points), _left_of(w0, w2, points), _left_of(w1, w0, points)]
    digit = np.select(beyond, [0, 1, 2], 3)
    children = np.stack(
        [np.stack(triple, axis=1) for triple in ((v0, w2, w1), (v1, w0, w2), (v2, w1, w0), (w0, w1, w2))]
    )
    return digit, children[digit, np.arange(len(points))]


def _middle(a: Floats, b: Floats) -> Floats:
    middle = a + b
    return np.asarray(middle / np.linalg.norm(middle, axis=1, keepdims=True))


def _left_of(a: Floats, b: Floats, points: Floats) -> NDArray[np.bool_]:
    """Return whether each point is on the side of the great circle a to b on which a corner's child lies."""
    # The children (v0, w2, w1), (v1, w0, w2), (v2, w1, w0) have their inner edge from w2 to w1 and so on,
    # seen counterclockwise: their inside is to the left of it.
    return np.asarray(np.einsum("ij,ij->i", np.cross(a, b), points) >= 0)
