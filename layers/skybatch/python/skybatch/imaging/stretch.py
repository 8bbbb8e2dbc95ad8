"""Map pixel values to 8 bits: asinh or linear of one band, Lupton's colours of three.

Colours follow Lupton et al. (2004, PASP 116, 133).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

PERCENTILES = (5.0, 99.5)
SAMPLES = 10_000
"""Pixels that the percentiles are taken of, at most: evenly chosen, for speed."""
STEPS = 8192
"""Steps that the range is divided into before it is stretched: a tenth of a grey level at the dark end."""
SOFTENING = 0.1
"""Where, as a fraction of the range, the asinh turns from linear to logarithmic."""
SOFTNESS = 8.0
"""Lupton's Q."""
NO_DATA = (63, 111, 181)
"""Red, green and blue of pixels without data: no shade of grey, and distinct from black and white alike."""
_LINEAR = 0.1  # of the stretch: there the asinh is made to meet the linear scale, as astropy does
_SIGMA_OF_QUARTILES = 1.349  # interquartile range of a Gaussian of width 1
_MOST_OF_FLOAT32 = 1e30  # beyond it a scale leaves too little of the range of 32 bits
_UNIFORM = 128  # the grey of an image of one value, which is neither dark nor bright

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Stretch:
    """How the pixels of one band become shades of grey.

    Attributes
    ----------
    kind
        ``asinh``; ``linear``; ``zscale``, which is linear between limits found as IRAF's display finds them.
    black, white
        The percentiles of the finite pixels that become black and white; zscale has limits of its own.
    """

    kind: str = "asinh"
    black: float = PERCENTILES[0]
    white: float = PERCENTILES[1]

    def limits(self, finite: Pixels) -> tuple[float, float]:
        """Return the values that become black and white: equal only where all pixels are.

        Where more pixels are alike than lie between the percentiles, as in a mask or a picture of counts,
        black and white are the least and the greatest value.
        """
        if self.kind == "zscale":
            # Here, because it is seldom asked for, and costs a cold start more than all else of a picture.
            from astropy.visualization.interval import ZScaleInterval

            low, high = ZScaleInterval().get_limits(finite)
        else:
            low, high = _percentiles(finite[:: -(-finite.size // SAMPLES)], (self.black, self.white))
        if not low < high:
            low, high = finite.min(), finite.max()
        return float(low), float(high)


def _percentiles(values: Pixels, points: tuple[float, float]) -> NDArray[np.floating]:
    """Return percentiles; by 64 bits where the difference of two values is beyond 32."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.percentile(values, points)
    return np.asarray(found if np.isfinite(found).all() else np.percentile(values.astype(np.float64), points))


DEFAULT_STRETCH = Stretch()


def stretch_grey(pixels: Pixels, stretch: Stretch = DEFAULT_STRETCH) -> NDArray[np.uint8]:
    """Stretch the pixels that are finite between two limits; the others have no data.

    Returns (rows, columns), or (rows, columns, 3) with those others in the colour `NO_DATA`.
    """
    has_data = np.isfinite(pixels)
    finite = pixels[has_data]
    if not finite.size:
        return with_no_data(np.zeros(pixels.shape, np.uint8), has_data)
    low, high = stretch.limits(finite)
    if low == high:
        return with_no_data(np.full(pixels.shape, _UNIFORM, np.uint8), has_data)
    steps = _steps(pixels, low, high)
    if finite.size < pixels.size:
        steps[~has_data] = 0.0
    table = _asinh_table() if stretch.kind == "asinh" else _linear_table()
    return with_no_data(np.asarray(table[steps.astype(np.intp)]), has_data)


def _steps(pixels: Pixels, low: float, high: float) -> NDArray[np.floating]:
    """Return where pixels lie between two limits, in steps of the range from 0 to before ``STEPS``."""
    scale = (STEPS - 1) / (high - low)
    with np.errstate(over="ignore", invalid="ignore"):
        if scale > _MOST_OF_FLOAT32:
            return np.clip((pixels.astype(np.float64) - low) * scale, 0.0, STEPS - 1.0)
        return np.asarray(np.clip((pixels - np.float32(low)) * np.float32(scale), 0, STEPS - 1))


def with_no_data(shown: NDArray[np.uint8], has_data: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return a picture with the pixels (rows, columns) that have no data in their colour.

    A grey picture stays grey, (rows, columns), where all have some.
    """
    if has_data.all():
        return shown
    coloured = np.repeat(shown[..., None], 3, axis=-1) if shown.ndim == 2 else shown.copy()
    coloured[~has_data] = NO_DATA
    return coloured


@lru_cache(maxsize=1)
def _linear_table() -> NDArray[np.uint8]:
    """Return the brightness of each step from the lower to the upper limit, in proportion."""
    return _bytes(np.arange(STEPS) / (STEPS - 1))


@lru_cache(maxsize=1)
def _asinh_table() -> NDArray[np.uint8]:
    """Return the brightness of each step from the lower to the upper limit."""
    part = np.arange(STEPS) / (STEPS - 1)
    return _bytes(np.arcsinh(part / SOFTENING) / np.arcsinh(1 / SOFTENING))


def lupton_rgb(bands: Pixels, stretch: float) -> NDArray[np.uint8]:
    """Convert (rows, columns, 3) fluxes to 8 bits: asinh of their mean, the ratios of the bands kept.

    Pixels brighter than white are dimmed in all three bands, so they keep their colour.
    """
    mean = np.maximum(bands.mean(axis=-1, keepdims=True), 0)
    slope = _LINEAR / np.arcsinh(_LINEAR * SOFTNESS)
    with np.errstate(invalid="ignore", divide="ignore"):
        shown = bands * (slope * np.arcsinh(mean * SOFTNESS / stretch) / mean)
        brightest = shown.max(axis=-1, keepdims=True)
        shown = np.where(brightest > 1, shown / brightest, shown)
    return _bytes(np.clip(shown, 0, 1))


def sky_noise(pixels: Pixels) -> float:
    """Return the standard deviation of the sky, from its quartiles, which stars hardly change.

    That of all pixels where more than half of them are alike; 1 where all are.
    """
    finite = pixels[np.isfinite(pixels)]
    if not finite.size:
        return 1.0
    low, high = np.percentile(finite, (25, 75))
    return float(high - low) / _SIGMA_OF_QUARTILES or float(finite.std(dtype=np.float64)) or 1.0


def _bytes(shown: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.nan_to_num(shown, nan=0.0) * 255 + 0.5, np.uint8)
