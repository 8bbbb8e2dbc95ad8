"""Which pixels of an image are wanted, and how many bytes their file will have."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite

from skybatch.fits.blocks import BLOCK_BYTES, padded


@dataclass(frozen=True)
class PixelBox:
    """A rectangle of whole pixels: first column and row counted from 0, and its width and height."""

    x0: int
    y0: int
    nx: int
    ny: int

    def __post_init__(self) -> None:
        if self.x0 < 0 or self.y0 < 0 or self.nx < 1 or self.ny < 1:
            raise ValueError(f"not a box of pixels: {self}")

    @classmethod
    def around(cls, x: float, y: float, size_x: float, size_y: float, naxis1: int, naxis2: int) -> PixelBox:
        """Return the pixels whose centres lie within ``size_x`` by ``size_y`` pixels about a position.

        ``x, y`` are FITS pixel coordinates (the first pixel's centre is 1.0), sizes are in pixels. The
        interval is half open: pixel ``i`` is wanted when ``x - size/2 <= i < x + size/2``, so a whole
        number of pixels is exactly that many wherever the position falls. A size that holds no centre
        gives the one nearest pixel. What lies beyond the edge of the image is left out.

        Raises ValueError where the position is outside the image by more than half the size, or a
        number is not finite, or a size not positive.
        """
        x0, nx = _span(x, size_x, naxis1)
        y0, ny = _span(y, size_y, naxis2)
        return cls(x0, y0, nx, ny)

    @property
    def section(self) -> str:
        """The box as an image section, ``first:last`` pixel of each axis counted from 1, ends included."""
        return f"[{self.x0 + 1}:{self.x0 + self.nx},{self.y0 + 1}:{self.y0 + self.ny}]"


def _span(centre: float, size: float, naxis: int) -> tuple[int, int]:
    if not (isfinite(centre) and isfinite(size) and size > 0):
        raise ValueError(f"not a position and size: {centre} +- {size}")
    low, high = centre - size / 2, centre + size / 2
    if high < 0.5 or low > naxis + 0.5:
        raise ValueError(f"pixel {centre:g} with size {size:g} is outside an axis of {naxis}")
    first, last = max(ceil(low), 1), min(ceil(high) - 1, naxis)
    if first > last:
        first = last = min(max(floor(centre + 0.5), 1), naxis)
    return first - 1, last - first + 1


def cutout_bytes(header_blocks: int, box: PixelBox, bitpix: int) -> int:
    """Return the exact size in bytes of the file that is cut for ``box``.

    ``header_blocks`` are those of the cutout's header: the image's own where its last block has room
    for the provenance cards (as every 2MASS image's has), else one more: ``Header.cutout_blocks``.
    """
    return header_blocks * BLOCK_BYTES + padded(box.nx * box.ny * abs(bitpix) // 8)
