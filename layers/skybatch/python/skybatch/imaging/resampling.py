"""Average images down and turn them north up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceUnsupported

# A rotation less than this from a quarter turn moves no pixel of a preview by more than a few.
_UPRIGHT = np.sin(np.radians(1.0))

# Of the sides of a pixel. It bounds the sides of a picture to three times those of the image.
MAX_PIXEL_RATIO = 4.0

Pixels = NDArray[np.float32]


def block_mean(pixels: Pixels, longest: int) -> Pixels:
    """Average square blocks, so that no side is longer than ``longest``; NaNs are left out.

    Incomplete blocks at the upper and right edge are dropped.
    """
    side = -(-max(pixels.shape) // longest)
    if side == 1 or min(pixels.shape) < side:
        return pixels[:: max(side, 1), :: max(side, 1)]
    rows, columns = (length // side for length in pixels.shape)
    blocks = pixels[: rows * side, : columns * side].reshape(rows, side, columns, side)
    good = np.isfinite(blocks)
    if good.all():
        return np.asarray(blocks.mean(axis=(1, 3)), np.float32)
    count = good.sum(axis=(1, 3))
    total = np.where(good, blocks, 0).sum(axis=(1, 3), dtype=np.float32)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


@dataclass(frozen=True, eq=False)
class NorthUp:
    """How an image is turned so that north is up and east left.

    ``to_image`` brings steps (right, up) of the picture to steps (column, row) of the image; its numbers are
    whole where the image stands upright, or within a degree of it: then no pixel is resampled.
    """

    to_image: NDArray[np.float64]
    is_upright: bool

    @classmethod
    def of(cls, matrix: NDArray[np.float64]) -> NorthUp:
        """Return it for the matrix from (column, row) steps to (east, north) steps.

        Raises SourceUnsupported for pixels too far from square: turned, they would fill a picture without
        bound.
        """
        matrix = _of_square_pixels(matrix)
        step = np.sqrt(abs(np.linalg.det(matrix)))
        to_image = np.asarray(np.linalg.solve(matrix, np.diag([-step, step])), np.float64)  # right is west
        if np.abs(to_image - np.rint(to_image)).max() < _UPRIGHT:
            return cls(np.rint(to_image), is_upright=True)
        return cls(to_image, is_upright=False)

    def size(self, columns: int, rows: int) -> tuple[int, int]:
        """Return the columns and rows of the picture of an image."""
        sides = np.array([columns, rows]) - 1
        # Rounded before it is rounded up: a rotation by a right angle must not add a row.
        across, along = np.ceil(np.round(np.abs(np.linalg.inv(self.to_image)) @ sides, 6)).astype(int) + 1
        return int(across), int(along)

    def place(self, x: float, y: float, columns: int, rows: int) -> tuple[float, float]:
        """Return where a FITS pixel position of an image lies in its picture.

        Both from the picture's upper left corner, as parts of its width and height.
        """
        away = np.array([x - (columns + 1) / 2, y - (rows + 1) / 2])
        right, up = (float(each) for each in np.linalg.solve(self.to_image, away))
        across, along = self.size(columns, rows)
        return 0.5 + right / across, 0.5 - up / along


def rotate_north_up(pixels: Pixels, matrix: NDArray[np.float64]) -> Pixels:
    """Turn an image (first row lowest) so that north is up and east left, top row first.

    ``matrix`` transforms (column, row) steps to (east, north) steps. Near a quarter turn no pixel is
    resampled; else each takes the value of the nearest one, NaN outside the image.

    Raises SourceUnsupported as `NorthUp.of`.
    """
    turned = NorthUp.of(matrix)
    to_image = turned.to_image
    if turned.is_upright:
        return _reordered(pixels, to_image.astype(int))
    half = (np.array(pixels.shape[::-1]) - 1) / 2
    across, along = turned.size(pixels.shape[1], pixels.shape[0])
    right = np.arange(across) - (across - 1) / 2
    up = (along - 1) / 2 - np.arange(along)
    column = _nearest(to_image[0, 0] * right + to_image[0, 1] * up[:, None] + half[0])
    row = _nearest(to_image[1, 0] * right + to_image[1, 1] * up[:, None] + half[1])
    inside = (column >= 0) & (column < pixels.shape[1]) & (row >= 0) & (row < pixels.shape[0])
    found = pixels[np.where(inside, row, 0), np.where(inside, column, 0)]
    return found if inside.all() else np.where(inside, found, np.float32(np.nan))


def _of_square_pixels(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix in units of the longer side of a pixel. Raises SourceUnsupported."""
    if np.isfinite(matrix).all():
        longer, shorter = np.linalg.svd(matrix, compute_uv=False).tolist()
        if 0.0 < longer <= MAX_PIXEL_RATIO * shorter:
            return np.asarray(matrix / longer)
    raise SourceUnsupported(f"the sides of a pixel differ by more than {MAX_PIXEL_RATIO:g} to 1")


def _reordered(pixels: Pixels, to_image: NDArray[np.intp]) -> Pixels:
    """Turn by right angles, mirror, or both: only the order of the pixels changes."""
    (across, rising), (running, along) = to_image.tolist()
    if across:
        return pixels[::-along, ::across]
    return pixels.T[::-rising, ::running]


def _nearest(position: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.floor(position + 0.5).astype(np.intp)
