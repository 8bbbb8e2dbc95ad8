"""What image sets whose columns are read one by one are read from."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.placements.template import WcsTemplate
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids


class SetSource(Protocol):
    """What image sets are read from."""

    dataset: str
    frame: ImageFrame

    def values(self, name: str, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        """Return rows of a column."""

    def has(self, name: str) -> bool:
        """Tell whether there is a column of this name."""

    def own_bands(self, rows: slice | NDArray[np.integer]) -> NDArray[np.integer] | None:
        """Return the number of each row's band, None where rows have all bands."""

    @property
    def bands_apart(self) -> bool:
        """Whether each band of an image set has a row of its own."""

    @property
    def grids(self) -> PixelGrids:
        """The pixel grids that column ``grid`` numbers."""

    @property
    def templates(self) -> tuple[WcsTemplate, ...]:
        """The templates of the WCS of images that are not plain SIN or TAN; none where all are."""

    def footprints(self, rows: slice | NDArray[np.integer]) -> Footprints:
        """Return where sets lie."""

    def fetch(self, rows: slice | NDArray[np.integer], names: tuple[str, ...] | None = None) -> None:
        """Fetch rows of columns of values by the beginning of their names, or of all, side by side."""
