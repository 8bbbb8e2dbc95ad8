"""Previews: small PNG pictures of images, north up and east left.

Grey ones are stretched by asinh between two percentiles; those of three bands are combined to colour as
Lupton et al. (2004, PASP 116, 133) do. For looking only: nothing is measured on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDiffers
from skybatch.fits.header import Header
from skybatch.fits.pixel_box import BLOCK
from skybatch.fits.stored_file import decompress_untiled, read_stored_header
from skybatch.imaging.png import write_png

LONGEST_SIDE = 360
"""Pixels along a preview's longer side, at most (before it is turned north up)."""
PERCENTILES = (5.0, 99.5)
SAMPLES = 10_000
"""Pixels that the percentiles are taken of, at most: evenly chosen, for speed."""
STEPS = 8192
"""Steps that the range is cut into before it is stretched: a tenth of a level of grey at the dark end."""
SOFTENING = 0.1
"""Where, as a fraction of the range, the asinh turns from linear to logarithmic."""
SOFTNESS = 8.0
"""Lupton's Q."""
STRETCH = 12.0
"""Lupton's stretch, in units of the noise of the mean of the bands."""
_LINEAR = 0.1  # of the stretch: there the asinh is made to meet the linear scale, as astropy does
# A rotation less than this from a quarter turn moves no pixel of a preview by more than a few.
_UPRIGHT = np.sin(np.radians(1.0))
_SIGMA_OF_QUARTILES = 1.349  # interquartile range of a Gaussian of width 1

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Frame:
    """An image averaged down and turned: (rows, columns) from the top, NaN where there is nothing.

    ``zero_point`` is the magnitude of one count (MAGZP), None where the header has none.
    """

    pixels: Pixels
    zero_point: float | None


def grey_preview(image: bytes) -> bytes:
    """The preview of one image, gzip or plain FITS. Raises SourceDamaged, SourceUnsupported."""
    return write_png(grey(frame_of(image).pixels))


def colour_preview(j: bytes, h: bytes, ks: bytes) -> bytes:
    """The preview of the J, H and Ks images of the same pixels: Ks red, H green, J blue.

    Raises SourceDiffers where they are not of one size, else as `grey_preview`.
    """
    return write_png(colour(*(frame_of(image) for image in (j, h, ks))))


def frame_of(image: bytes) -> Frame:
    """The image, small and north up."""
    header = read_stored_header(image)
    data = decompress_untiled(image)
    kind = f">{'i' if header.bitpix > 0 else 'f'}{abs(header.bitpix) // 8}".replace(">i1", "u1")
    stored = np.frombuffer(data, kind, header.naxis1 * header.naxis2, header.blocks * BLOCK)
    pixels = stored.reshape(header.naxis2, header.naxis1).astype(np.float32)
    if header.get("LOSSY") is not None:
        pixels[pixels == 0] = np.nan  # a Quicklook keeps no mask: blank pixels are 0
    zero_point = _number(header, "MAGZP", None)
    return Frame(north_up(averaged(pixels, LONGEST_SIDE), _pixel_matrix(header)), zero_point)


def averaged(pixels: Pixels, longest: int) -> Pixels:
    """Means of square blocks, so that no side is longer than ``longest``; NaNs count for nothing.

    What is left over at the upper and right edge is dropped.
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


def _number(header: Header, keyword: str, default: float | None) -> float | None:
    found = header.get(keyword)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else default


def _pixel_matrix(header: Header) -> NDArray[np.float64]:
    """From (column, row) steps to (east, north) steps, in degrees (FITS standard section 8.3)."""
    scale1, scale2 = (_number(header, f"CDELT{axis}", None) or step for axis, step in ((1, -1.0), (2, 1.0)))
    turn = np.radians(_number(header, "CROTA2", 0.0) or 0.0)
    cosine, sine = np.cos(turn), np.sin(turn)
    return np.array([[scale1 * cosine, -scale2 * sine], [scale1 * sine, scale2 * cosine]])


def north_up(pixels: Pixels, matrix: NDArray[np.float64]) -> Pixels:
    """Turn an image (first row lowest) so that north is up and east left, top row first.

    ``matrix`` leads from (column, row) to (east, north). Near a quarter turn no pixel is resampled; else
    each takes the value of the nearest, NaN outside the image.
    """
    step = np.sqrt(abs(np.linalg.det(matrix)))
    # From (right, up) of the picture to (column, row) of the image: right is west.
    to_image = np.linalg.solve(matrix, np.diag([-step, step]))
    if np.abs(to_image - np.rint(to_image)).max() < _UPRIGHT:
        return _turned(pixels, np.rint(to_image).astype(int))
    half = (np.array(pixels.shape[::-1]) - 1) / 2
    # Rounded before it is rounded up: a rotation by a right angle must not add a row.
    across, along = np.ceil(np.round(np.abs(np.linalg.inv(to_image)) @ (half * 2), 6)).astype(int) + 1
    right = np.arange(across) - (across - 1) / 2
    up = (along - 1) / 2 - np.arange(along)
    column = _nearest(to_image[0, 0] * right + to_image[0, 1] * up[:, None] + half[0])
    row = _nearest(to_image[1, 0] * right + to_image[1, 1] * up[:, None] + half[1])
    inside = (column >= 0) & (column < pixels.shape[1]) & (row >= 0) & (row < pixels.shape[0])
    found = pixels[np.where(inside, row, 0), np.where(inside, column, 0)]
    return found if inside.all() else np.where(inside, found, np.float32(np.nan))


def _turned(pixels: Pixels, to_image: NDArray[np.intp]) -> Pixels:
    """The same by a quarter turn, a mirror, or both: only the order of the pixels changes."""
    (across, rising), (running, along) = to_image.tolist()
    if across:
        return pixels[::-along, ::across]
    return pixels.T[::-rising, ::running]


def _nearest(position: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.floor(position + 0.5).astype(np.intp)


def grey(pixels: Pixels) -> NDArray[np.uint8]:
    """Stretched by asinh between percentiles of the finite pixels; what is not finite is black."""
    finite = pixels[np.isfinite(pixels)]
    if not finite.size:
        return np.zeros(pixels.shape, np.uint8)
    low, high = np.percentile(finite[:: -(-finite.size // SAMPLES)], PERCENTILES)
    scale = np.float32((STEPS - 1) / (high - low or 1.0))
    steps = np.clip((pixels - np.float32(low)) * scale, 0, STEPS - 1)
    if finite.size < pixels.size:
        steps = np.nan_to_num(steps, copy=False, nan=0.0)
    return np.asarray(_asinh_table()[steps.astype(np.intp)])


@lru_cache(maxsize=1)
def _asinh_table() -> NDArray[np.uint8]:
    """Brightness of each step from the lower to the upper limit."""
    part = np.arange(STEPS) / (STEPS - 1)
    return _bytes(np.arcsinh(part / SOFTENING) / np.arcsinh(1 / SOFTENING))


def colour(j: Frame, h: Frame, ks: Frame) -> NDArray[np.uint8]:
    """Red, green and blue of Ks, H and J: the sky taken off, the bands on one flux scale."""
    if not j.pixels.shape == h.pixels.shape == ks.pixels.shape:
        raise SourceDiffers("the three bands are not images of the same pixels")
    bands = np.stack([_flux(frame, h.zero_point) for frame in (ks, h, j)], axis=-1)
    noise = noise_of(bands.mean(axis=-1))
    return lupton(bands + np.float32(noise), STRETCH * noise)  # one sigma below the sky is black


def lupton(bands: Pixels, stretch: float) -> NDArray[np.uint8]:
    """(rows, columns, 3) fluxes to 8 bits: the mean goes through asinh, the ratios of the bands stay.

    What would be brighter than white is dimmed in all three bands, so it keeps its colour.
    """
    mean = np.maximum(bands.mean(axis=-1, keepdims=True), 0)
    slope = _LINEAR / np.arcsinh(_LINEAR * SOFTNESS)
    with np.errstate(invalid="ignore", divide="ignore"):
        shown = bands * (slope * np.arcsinh(mean * SOFTNESS / stretch) / mean)
        brightest = shown.max(axis=-1, keepdims=True)
        shown = np.where(brightest > 1, shown / brightest, shown)
    return _bytes(np.clip(shown, 0, 1))


def _flux(frame: Frame, reference: float | None) -> Pixels:
    """Counts above the sky, in counts of the band of the ``reference`` zero point."""
    finite = frame.pixels[np.isfinite(frame.pixels)]
    sky = np.float32(np.median(finite)) if finite.size else np.float32(0)
    if frame.zero_point is None or reference is None:
        return frame.pixels - sky
    return (frame.pixels - sky) * np.float32(10 ** (0.4 * (reference - frame.zero_point)))


def noise_of(pixels: Pixels) -> float:
    """The width of the sky's distribution, which stars hardly move."""
    finite = pixels[np.isfinite(pixels)]
    if not finite.size:
        return 1.0
    low, high = np.percentile(finite, (25, 75))
    return float(high - low) / _SIGMA_OF_QUARTILES or 1.0


def _bytes(shown: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.nan_to_num(shown, nan=0.0) * 255 + 0.5, np.uint8)
