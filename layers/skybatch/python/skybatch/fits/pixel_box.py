"""Which pixels of an image are wanted, and how many bytes their file will have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor, isfinite
from typing import NamedTuple

from skybatch.fits.blocks import BLOCK_BYTES, padded
from skybatch.fits.edge_mode import EdgeMode

# Sizes in arcsec over a scale that is rounded in the header (0.0002777777845 degrees for 1 arcsec) miss whole
# numbers by far less than this, in pixels.
WHOLE_TOLERANCE = 1e-3


class Padding(NamedTuple):
    """Columns and rows of blank pixels around those of an image."""

    left: int = 0
    right: int = 0
    bottom: int = 0
    top: int = 0


NO_PADDING = Padding()


@dataclass(frozen=True)
class PixelBox:
    """A rectangle of whole pixels of an image, and the blank pixels that a crop has around them.

    ``x0`` and ``y0`` are first column and row counted from 0, ``nx`` and ``ny`` the columns and rows.
    """

    x0: int
    y0: int
    nx: int
    ny: int
    padding: Padding = NO_PADDING

    def __post_init__(self) -> None:
        if self.x0 < 0 or self.y0 < 0 or self.nx < 1 or self.ny < 1 or min(self.padding) < 0:
            raise ValueError(f"not a box of pixels: {self}")

    @classmethod
    def around(cls, x: float, y: float, size_x: float, size_y: float, naxis1: int, naxis2: int) -> PixelBox:
        """Return the pixels whose centres lie within ``size_x`` by ``size_y`` pixels about a position.

        ``x, y`` are FITS pixel coordinates (the first pixel's centre is 1.0), sizes are in pixels. The
        interval is half open: pixel ``i`` is wanted when ``x - size/2 <= i < x + size/2``, so a whole
        number of pixels is exactly that many wherever the position falls; a size within
        ``WHOLE_TOLERANCE`` of a whole number is that number. A size that holds no centre gives the one
        nearest pixel. What lies beyond the edge of the image is left out.

        Raises ValueError where the position is outside the image by more than half the size, or a
        number is not finite, or a size not positive.
        """
        return Crop.around(x, y, size_x, size_y, naxis1, naxis2).box

    @property
    def width(self) -> int:
        """Columns of the crop, blank ones included."""
        return self.padding.left + self.nx + self.padding.right

    @property
    def height(self) -> int:
        """Rows of the crop, blank ones included."""
        return self.padding.bottom + self.ny + self.padding.top

    @property
    def corner(self) -> tuple[int, int]:
        """Column and row in the image of the crop's first pixel, from 0; negative in its padding."""
        return self.x0 - self.padding.left, self.y0 - self.padding.bottom

    @property
    def section(self) -> str:
        """The crop as an image section, ``first:last`` pixel of each axis counted from 1, ends included."""
        x, y = self.corner
        return f"[{x + 1}:{x + self.width},{y + 1}:{y + self.height}]"


class Crop(NamedTuple):
    """The pixels of a crop, and whether it reaches beyond its image."""

    box: PixelBox
    cut_at_edge: bool

    @classmethod
    def around(
        cls,
        x: float,
        y: float,
        size_x: float,
        size_y: float,
        naxis1: int,
        naxis2: int,
        edge: EdgeMode = EdgeMode.CLIP,
    ) -> Crop:
        """Return the crop of ``size_x`` by ``size_y`` pixels about a position; see ``PixelBox.around``.

        With ``EdgeMode.PAD`` it has its full size, blank pixels standing for what lies beyond the image.

        Raises ValueError as ``PixelBox.around``, and for a padded crop without any pixel of the image.
        """
        columns, rows = _wanted_span(x, size_x, naxis1), _wanted_span(y, size_y, naxis2)
        (x0, nx), (y0, ny) = columns.clipped(x, naxis1), rows.clipped(y, naxis2)
        box = PixelBox(x0, y0, nx, ny)
        beyond = Padding(x0 - columns.first, columns.end - x0 - nx, y0 - rows.first, rows.end - y0 - ny)
        if edge is EdgeMode.CLIP or not any(beyond):
            return cls(box, any(beyond))
        if min(beyond) < 0:
            raise ValueError("the crop touches the image, and holds none of its pixels")
        return cls(replace(box, padding=beyond), cut_at_edge=True)


class _Span(NamedTuple):
    """Pixels ``first`` to before ``end`` of an axis, counted from 0; they may lie beyond it."""

    first: int
    end: int

    def clipped(self, centre: float, naxis: int) -> tuple[int, int]:
        """Return first pixel and count of those on the axis, or the one nearest to ``centre``."""
        first, end = max(self.first, 0), min(self.end, naxis)
        return (first, end - first) if first < end else (_nearest(centre, naxis), 1)


def _wanted_span(centre: float, size: float, naxis: int) -> _Span:
    if not (isfinite(centre) and isfinite(size) and size > 0):
        raise ValueError(f"not a position and size: {centre} +- {size}")
    whole = round(size)
    is_whole = whole >= 1 and abs(size - whole) <= WHOLE_TOLERANCE
    size = whole if is_whole else size
    low, high = centre - size / 2, centre + size / 2
    if high < 0.5 or low > naxis + 0.5:
        raise ValueError(f"pixel {centre:g} with size {size:g} is outside an axis of {naxis}")
    first = ceil(low) - 1
    end = first + whole if is_whole else ceil(high) - 1
    if first < end:
        return _Span(first, end)
    nearest = _nearest(centre, naxis)
    return _Span(nearest, nearest + 1)


def _nearest(centre: float, naxis: int) -> int:
    """Return the pixel of an axis, counted from 0, whose centre is nearest."""
    return min(max(floor(centre + 0.5), 1), naxis) - 1


def cutout_bytes(header_blocks: int, box: PixelBox, bitpix: int) -> int:
    """Return the exact size in bytes of the file that is cut for ``box``.

    ``header_blocks`` are those of the cutout's header: the image's own where its last block has room
    for the provenance cards (as every 2MASS image's has), else one more: ``Header.cutout_blocks``.
    """
    return header_blocks * BLOCK_BYTES + padded(box.width * box.height * abs(bitpix) // 8)
