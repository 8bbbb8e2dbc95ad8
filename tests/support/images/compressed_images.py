"""Images that astropy compressed to tiles, of every compression, pixel type and way to quantize."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

TYPES = {8: "u1", 16: "i2", 32: "i4", -32: "f4", -64: "f8"}
DITHERS = {"NO_DITHER": -1, "SUBTRACTIVE_DITHER_1": 1, "SUBTRACTIVE_DITHER_2": 2}


def pixels(bitpix: int, nx: int = 130, ny: int = 70, seed: int = 1) -> NDArray[Any]:
    """Noise about a sky, with zeros and, in floats, NaN and a part that does not quantize."""
    rng = np.random.default_rng(seed)
    sky = rng.normal(100.0, 8.0, (ny, nx))
    if bitpix > 0:
        return np.clip(np.rint(sky), 0, 250).astype(TYPES[bitpix])
    sky[5:9, 20:60] = np.nan
    sky[15:18] = 0.0
    sky[20:21] = 7.25  # no noise: stored losslessly in a column of its own
    return sky.astype(TYPES[bitpix])


def compressed(
    bitpix: int,
    compression: str = "RICE_1",
    *,
    tile: tuple[int, int] | None = None,
    dither: str = "SUBTRACTIVE_DITHER_1",
    lossless: bool = False,
    nx: int = 130,
    ny: int = 70,
    seed: int = 42,
    cards: dict[str, Any] | None = None,
) -> bytes:
    """A file of an empty primary HDU and a compressed image of float or integer noise."""
    quantize = 0.0 if lossless else 16.0
    hdu = fits.CompImageHDU(
        pixels(bitpix, nx, ny),
        fits.Header({"OBJECT": "noise", **(cards or {})}),
        compression_type=compression,
        tile_shape=tile,
        quantize_level=quantize,
        quantize_method=DITHERS[dither],
        dither_seed=seed,
    )
    made = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(made)
    return made.getvalue()


def stored_pixels(file: bytes, hdu: int = 1) -> NDArray[Any]:
    """The pixels as astropy reads them, not scaled."""
    with fits.open(io.BytesIO(file), do_not_scale_image_data=True) as hdus:
        return np.array(hdus[hdu].data)
