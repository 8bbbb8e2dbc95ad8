"""What look-ups in an inventory answer with: arrays, one element a match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.vectors import Floats

SetNumbers = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class PixelPositions:
    """Where positions lie in images, (n,) arrays.

    Attributes
    ----------
    x, y
        FITS pixel position, 1-based; NaN where the position is on the other side of the sky.
    edge_distance
        Least distance to the four edges of the image along its pixel axes, arcsec; negative outside, and
        minus infinity on the other side of the sky.
    """

    x: Floats
    y: Floats
    edge_distance: Floats


@dataclass(frozen=True, eq=False)
class PositionMatches:
    """Which images contain which positions, (m,) arrays.

    Sorted by row, then by falling edge distance; equal distances by set number. So the first of a row is
    its *best* image, and of two equally good ones the earlier in inventory order.

    Attributes
    ----------
    row
        Number of the position, from 0 in the input.
    set_index
        Number of the image set in the inventory.
    x, y, edge_distance
        Where the position lies in the image, as `PixelPositions` has it.
    """

    row: NDArray[np.intp]
    set_index: SetNumbers
    x: Floats
    y: Floats
    edge_distance: Floats

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def concatenated(cls, parts: Sequence[PositionMatches]) -> PositionMatches:
        """Join matches of separate, ascending rows."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def take(self, order: NDArray[np.intp] | NDArray[np.bool_]) -> PositionMatches:
        """Return the matches at these places, in this order."""
        return PositionMatches(*(getattr(self, field.name)[order] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class ListMatches:
    """Which sets belong to which rows of a list of scans or identifiers, (m,) arrays sorted by row.

    Those of one row are in the order of their image numbers, or of their bands.
    """

    row: NDArray[np.intp]
    set_index: SetNumbers

    def __len__(self) -> int:
        return len(self.row)
