"""The pixels of a sample image: sky, stars, galaxies and noise, as one band of one image set sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from local.synthetic.header import header
from local.synthetic.scans import HEIGHT, PIXEL, WIDTH, ImageSet
from local.synthetic.sources import GALAXIES, Galaxy, Sources, stars_near
from skybatch.sky.fk5 import fk5_to_icrs, fk5_vector
from skybatch.sky.footprints import Footprints
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.surveys.twomass.bands import BANDS

BLOCK = 2880  # bytes, the FITS block
Pixels = NDArray[np.float32]

SKY = {"j": 90.0, "h": 330.0, "k": 450.0}  # DN
NOISE = {"j": 0.6, "h": 1.9, "k": 2.3}  # DN, one standard deviation
ZERO_POINT = {"j": 20.95, "h": 20.45, "k": 19.90}  # mag of one DN
PSF_SIGMA = 1.2  # pixels; 2.8 arcsec full width at half maximum
STAMP = 9  # pixels from a star's centre: 7.5 sigma, beyond which nothing shows
RADIUS = 0.17  # deg, from the centre of an image past its corners
# Columns without data, as in genuine images.
BORDER_LEFT, BORDER_RIGHT = 5, 3


@dataclass(frozen=True)
class Exposure:
    """One band of one image set, with the values that belong to it alone."""

    images: ImageSet
    band: str

    @cached_property
    def _rng_seed(self) -> list[int]:
        scan = self.images.scan
        hem, band = "ns".index(scan.hem), BANDS.index(self.band)
        return [int(scan.date), hem, scan.scan, self.images.coadd, band, len(scan.dataset)]

    def _variation(self, which: int) -> float:
        """Return a pseudo-random number in [-1, 1) that belongs to this exposure."""
        return float(np.random.default_rng([*self._rng_seed, which]).uniform(-1, 1))

    @cached_property
    def sky(self) -> float:
        """Sky level, DN."""
        return SKY[self.band] * (1 + 0.2 * self._variation(1))

    @cached_property
    def noise(self) -> float:
        """Standard deviation of the sky, DN."""
        return NOISE[self.band] * (1 + 0.1 * self._variation(2))

    @cached_property
    def magzp(self) -> float:
        """Magnitude of one DN, to the header's four decimals."""
        return round(ZERO_POINT[self.band] + 0.05 * self._variation(3), 4)

    @cached_property
    def seesh(self) -> float:
        """Seeing shape, about one, to the header's four decimals."""
        return round(1.0 + 0.06 * self._variation(4), 4)

    @cached_property
    def footprint(self) -> Footprints:
        """Where the image lies."""
        height = self.images.naxis2
        grid = [WIDTH, height, (WIDTH + 1) / 2, (height + 1) / 2, -PIXEL, PIXEL]
        return Footprints(
            crval1=np.array([self.images.crval1]),
            crval2=np.array([self.images.crval2]),
            crota2=np.array([self.images.crota2]),
            grid=np.zeros(1, dtype=np.intp),
            grids=PixelGrids.from_table(np.array([grid])),
        )

    def pixels(self) -> Pixels:
        """Render the image, (NAXIS2, NAXIS1) float32 DN, with NaN at the left and right border."""
        rng = np.random.Generator(np.random.SFC64(self._rng_seed))
        image = rng.standard_normal((self.images.naxis2, WIDTH), dtype=np.float32)
        image *= np.float32(self.noise)
        image += np.float32(self.sky)
        centre_ra, centre_dec = fk5_to_icrs(self.images.crval1, self.images.crval2)
        self._add_stars(image, stars_near(float(centre_ra), float(centre_dec), RADIUS))
        for galaxy in GALAXIES:
            self._add_galaxy(image, galaxy)
        image[:, :BORDER_LEFT] = image[:, WIDTH - BORDER_RIGHT :] = np.nan
        return image

    def header(self) -> bytes:
        """Format the header, 11,520 bytes, padded to whole FITS blocks."""
        return header(
            self.images, self.band, sky=self.sky, noise=self.noise, magzp=self.magzp, seesh=self.seesh
        )

    def fits(self) -> bytes:
        """Format the whole file, plain FITS (BITPIX -32), padded to whole blocks."""
        body = self.pixels().astype(">f4").tobytes()
        return self.header() + body + bytes(-len(body) % BLOCK)

    def _flux(self, magnitudes: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(10 ** (0.4 * (self.magzp - magnitudes[..., BANDS.index(self.band)])))

    def _add_stars(self, image: Pixels, stars: Sources) -> None:
        x, y = _to_pixel(self.footprint, stars.ra, stars.dec)
        flux = self._flux(stars.magnitudes)
        near = (np.abs(x - WIDTH / 2) < WIDTH / 2 + STAMP) & (np.abs(y - HEIGHT / 2) < HEIGHT / 2 + STAMP)
        for star in np.flatnonzero(near):
            _add_star(image, x[star] - 1, y[star] - 1, flux[star])

    def _add_galaxy(self, image: Pixels, galaxy: Galaxy) -> None:
        x0, y0 = (
            float(v[0]) for v in _to_pixel(self.footprint, np.array([galaxy.ra]), np.array([galaxy.dec]))
        )
        reach = 8 * galaxy.scale
        if not (-reach < x0 < WIDTH + reach and -reach < y0 < HEIGHT + reach):
            return
        x = np.arange(1, WIDTH + 1, dtype=np.float32) - np.float32(x0)
        y = (np.arange(1, image.shape[0] + 1, dtype=np.float32) - np.float32(y0)) / np.float32(
            galaxy.axis_ratio
        )
        radius = np.hypot(y[:, None], x[None, :])
        total = float(self._flux(np.array(galaxy.magnitudes)))
        peak = total / (2 * np.pi * galaxy.scale**2 * galaxy.axis_ratio)
        image += np.float32(peak) * np.exp(radius / np.float32(-galaxy.scale))


def _to_pixel(
    footprint: Footprints, ra: NDArray[np.float64], dec: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """FITS pixel positions, 1-based, of many ICRS positions in one image; NaN on the far hemisphere."""
    n = len(ra)
    repeated = replace(
        footprint,
        crval1=np.repeat(footprint.crval1, n),
        crval2=np.repeat(footprint.crval2, n),
        crota2=np.repeat(footprint.crota2, n),
        grid=np.repeat(footprint.grid, n),
    )
    return repeated.to_pixel(fk5_vector(ra, dec))


def _add_star(image: Pixels, x: float, y: float, flux: float) -> None:
    """Add a Gaussian star of ``flux`` DN in all, centred at the 0-based pixel position (x, y)."""
    height, width = image.shape
    left, right = max(round(x) - STAMP, 0), min(round(x) + STAMP + 1, width)
    low, high = max(round(y) - STAMP, 0), min(round(y) + STAMP + 1, height)
    if left >= right or low >= high:
        return
    across = np.exp(-0.5 * ((np.arange(left, right) - x) / PSF_SIGMA) ** 2)
    along = np.exp(-0.5 * ((np.arange(low, high) - y) / PSF_SIGMA) ** 2)
    peak = flux / (2 * np.pi * PSF_SIGMA**2)
    image[low:high, left:right] += (peak * np.outer(along, across)).astype(np.float32)
