"""Images all over the sky, and astropy's and shapely's view of them: the oracle of the geometry tests."""

from __future__ import annotations

import numpy as np
import shapely
from astropy.coordinates import FK5, ICRS, SkyCoord
from astropy.wcs import WCS

from skybatch.sky.footprints import Footprints
from skybatch.sky.pixel_grids import PixelGrids

CDELT = 0.0002777777845
GRIDS = [
    (512, 1024, 256.5, 512.5),
    (512, 830, 256.5, 415.5),
    (512, 827, 256.5, 414.0),
    (300, 200, -40.0, 90.5),
]


def images(count: int, seed: int) -> Footprints:
    """Images spread over the sky, a third of them at the poles and on the RA 0/360 line."""
    rng = np.random.default_rng(seed)
    ra = rng.uniform(0.0, 360.0, count)
    dec = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, count)))
    at_pole, at_wrap = rng.random(count) < 0.2, rng.random(count) < 0.2
    dec = np.where(at_pole, np.sign(dec) * (90.0 - rng.exponential(0.2, count).clip(0, 90)), dec)
    ra = np.where(at_wrap, rng.normal(0.0, 0.1, count) % 360.0, ra)
    rotation = rng.choice([0.03, 5.0, 180.0], count) * rng.uniform(-1.0, 1.0, count)
    table = np.array([[n1, n2, p1, p2, -CDELT, CDELT] for n1, n2, p1, p2 in GRIDS])
    return Footprints(ra, dec, rotation, rng.integers(0, len(GRIDS), count), PixelGrids.from_table(table))


def wcs(sky: Footprints, i: int) -> WCS:
    """Image i as astropy sees it, from header cards alone."""
    n1, n2, p1, p2 = GRIDS[int(sky.grid[i])]
    header = {
        "NAXIS": 2, "NAXIS1": n1, "NAXIS2": n2, "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN",
        "CRPIX1": p1, "CRPIX2": p2, "CRVAL1": sky.crval1[i], "CRVAL2": sky.crval2[i],
        "CROTA2": sky.crota2[i], "CDELT1": -CDELT, "CDELT2": CDELT, "EQUINOX": 2000.0,
    }  # fmt: skip
    return WCS(header)


def corner_pixels(sky: Footprints, i: int) -> np.ndarray:
    n1, n2, _, _ = GRIDS[int(sky.grid[i])]
    return np.array([[0.5, 0.5], [n1 + 0.5, 0.5], [n1 + 0.5, n2 + 0.5], [0.5, n2 + 0.5]])


def icrs_at(sky: Footprints, i: int, x: float, y: float) -> SkyCoord:
    """The ICRS position at a FITS pixel position, by astropy."""
    ra, dec = wcs(sky, i).all_pix2world([[x, y]], 1)[0]
    return SkyCoord(ra, dec, unit="deg", frame=FK5(equinox="J2000")).transform_to(ICRS())


def gnomonic(center: SkyCoord, sky: Footprints, i: int) -> shapely.Polygon:
    """The footprint in the tangent plane about an ICRS position (axes ICRS east, north), in radians.

    Great circles are straight there, so plane geometry is exact.
    """
    world = wcs(sky, i).all_pix2world(corner_pixels(sky, i), 1)
    corners = SkyCoord(world, unit="deg", frame=FK5(equinox="J2000")).transform_to(ICRS())
    plane = corners.transform_to(center.skyoffset_frame()).cartesian
    return shapely.Polygon(np.stack([plane.y / plane.x, plane.z / plane.x], axis=-1))
