"""The pixels of a made tile: the sample sky's stars and galaxies, as one band sees them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from local.allwise.header import MAGZP, header
from local.allwise.tiles import PIXEL, Tile
from local.synthetic.sources import GALAXIES, stars_near
from skybatch.sky.fk5 import fk5_to_icrs, fk5_vector
from skybatch.sky.footprints import Footprints
from skybatch.sky.pixel_grids import PixelGrids

BLOCK = 2880  # bytes, the FITS block
Pixels = NDArray[np.float32]

# DN: the sky, and one standard deviation of it.
SKY = {1: 6.0, 2: 18.0, 3: 820.0, 4: 310.0}
NOISE = {1: 2.0, 2: 3.0, 3: 6.0, 4: 1.0}
# Magnitudes below those in Ks: stars have nearly the same in all bands, dust shines at long wavelengths.
BELOW_KS = {1: 0.05, 2: 0.03, 3: 0.15, 4: 0.30}
GALAXY_BELOW_KS = {1: 0.1, 2: 0.2, 3: 3.0, 4: 5.0}
PSF_SIGMA = {1: 1.9, 2: 2.0, 3: 2.0, 4: 3.7}  # pixels: 6 arcsec full width at half maximum, 12 in W4
STAMP = 14  # pixels from a star's centre
FRAMES = 16.0  # of a tile's middle
CALIBRATION = 0.02  # of a pixel's value, in its uncertainty


def fits_file(tile: Tile, band: int, product: str) -> bytes:
    """Format a whole file, plain FITS (BITPIX -32), padded to whole blocks."""
    made = {"int": intensity, "unc": uncertainty, "cov": coverage}[product](tile, band)
    body = made.astype(">f4").tobytes()
    return header(tile, band, product) + body + bytes(-len(body) % BLOCK)


def intensity(tile: Tile, band: int) -> Pixels:
    """Render the image, DN."""
    rng = np.random.Generator(np.random.SFC64([round(tile.ra * 10), abs(round(tile.dec * 10)), band]))
    image = rng.standard_normal((tile.pixels, tile.pixels), dtype=np.float32)
    image *= np.float32(NOISE[band])
    image += np.float32(SKY[band])
    _add_stars(image, tile, band)
    _add_galaxies(image, tile, band)
    return image


def uncertainty(tile: Tile, band: int) -> Pixels:
    """Render one standard deviation of each pixel: noise, and a share of what shines."""
    above = np.maximum(intensity(tile, band) - np.float32(SKY[band]), 0)
    return np.asarray(np.hypot(NOISE[band], CALIBRATION * above), np.float32)


def coverage(tile: Tile, band: int) -> Pixels:
    """Render the number of frames, more of them to the north: scans meet at the ecliptic poles."""
    frames = FRAMES + np.arange(tile.pixels) // 128
    return np.repeat(np.asarray(frames, np.float32)[:, None], tile.pixels, axis=1)


def _add_stars(image: Pixels, tile: Tile, band: int) -> None:
    ra, dec = fk5_to_icrs(tile.ra, tile.dec)
    stars = stars_near(float(ra), float(dec), 0.75 * tile.pixels * PIXEL)
    x, y = _to_pixel(tile, stars.ra, stars.dec)
    flux = 10 ** (0.4 * (MAGZP[band] - stars.magnitudes[:, 2] + BELOW_KS[band]))
    inside = (x > -STAMP) & (x < tile.pixels + STAMP) & (y > -STAMP) & (y < tile.pixels + STAMP)
    for star in np.flatnonzero(inside):
        _add_star(image, float(x[star]) - 1, float(y[star]) - 1, float(flux[star]), PSF_SIGMA[band])


def _add_star(image: Pixels, x: float, y: float, flux: float, sigma: float) -> None:
    """Add a Gaussian star of ``flux`` DN in all, centred at the 0-based pixel position (x, y)."""
    side = image.shape[0]
    left, right = max(round(x) - STAMP, 0), min(round(x) + STAMP + 1, side)
    low, high = max(round(y) - STAMP, 0), min(round(y) + STAMP + 1, side)
    if left < right and low < high:
        across = np.exp(-0.5 * ((np.arange(left, right) - x) / sigma) ** 2)
        along = np.exp(-0.5 * ((np.arange(low, high) - y) / sigma) ** 2)
        peak = flux / (2 * np.pi * sigma**2)
        image[low:high, left:right] += (peak * np.outer(along, across)).astype(np.float32)


def _add_galaxies(image: Pixels, tile: Tile, band: int) -> None:
    for galaxy in GALAXIES:
        x0, y0 = (float(v[0]) for v in _to_pixel(tile, np.array([galaxy.ra]), np.array([galaxy.dec])))
        scale = galaxy.scale / (PIXEL * 3600)
        if not (-8 * scale < x0 < tile.pixels + 8 * scale and -8 * scale < y0 < tile.pixels + 8 * scale):
            continue
        axis = np.arange(1, tile.pixels + 1, dtype=np.float32)
        x, y = axis[None, :] - np.float32(x0), (axis[:, None] - np.float32(y0)) / galaxy.axis_ratio
        radius = np.hypot(x, y)
        magnitude = galaxy.magnitudes[2] - GALAXY_BELOW_KS[band]
        total = 10 ** (0.4 * (MAGZP[band] - magnitude))
        peak = total / (2 * np.pi * scale**2 * galaxy.axis_ratio)
        image += np.asarray(peak * np.exp(-radius / scale), np.float32)


def _to_pixel(
    tile: Tile, ra: NDArray[np.float64], dec: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """FITS pixel positions, 1-based, of ICRS positions; NaN on the far hemisphere."""
    grid = [tile.pixels, tile.pixels, tile.crpix, tile.crpix, -PIXEL, PIXEL]
    count = len(ra)
    footprints = Footprints(
        crval1=np.full(count, tile.ra),
        crval2=np.full(count, tile.dec),
        crota2=np.zeros(count),
        grid=np.zeros(count, dtype=np.intp),
        grids=PixelGrids.from_table(np.array([grid])),
    )
    return footprints.to_pixel(fk5_vector(ra, dec))
