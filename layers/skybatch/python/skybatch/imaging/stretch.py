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
_LINEAR = 0.1  # of the stretch: there the asinh is made to meet the linear scale, as astropy does
_SIGMA_OF_QUARTILES = 1.349  # interquartile range of a Gaussian of width 1

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
        """Return the values that become black and white."""
        if self.kind == "zscale":
            # Here, because it is seldom asked for, and costs a cold start more than all else of a picture.
            from astropy.visualization.interval import ZScaleInterval

            low, high = ZScaleInterval().get_limits(finite)
        else:
            low, high = np.percentile(finite[:: -(-finite.size // SAMPLES)], (self.black, self.white))
        return float(low), float(high)


DEFAULT_STRETCH = Stretch()


def stretch_grey(pixels: Pixels, stretch: Stretch = DEFAULT_STRETCH) -> NDArray[np.uint8]:
    """Stretch pixels between two limits; those that are not finite become black."""
    finite = pixels[np.isfinite(pixels)]
    if not finite.size:
        return np.zeros(pixels.shape, np.uint8)
    low, high = stretch.limits(finite)
    scale = np.float32((STEPS - 1) / (high - low or 1.0))
    steps = np.clip((pixels - np.float32(low)) * scale, 0, STEPS - 1)
    if finite.size < pixels.size:
        steps = np.nan_to_num(steps, copy=False, nan=0.0)
    table = _asinh_table() if stretch.kind == "asinh" else _linear_table()
    return np.asarray(table[steps.astype(np.intp)])


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
    """Return the standard deviation of the sky, from its quartiles, which stars hardly change."""
    finite = pixels[np.isfinite(pixels)]
    if not finite.size:
        return 1.0
    low, high = np.percentile(finite, (25, 75))
    return float(high - low) / _SIGMA_OF_QUARTILES or 1.0


def _bytes(shown: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.nan_to_num(shown, nan=0.0) * 255 + 0.5, np.uint8)
