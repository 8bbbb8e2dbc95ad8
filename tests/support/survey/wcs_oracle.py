"""Image headers of every kind that is understood, and how astropy and look-ups see the same headers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from astropy.coordinates import FK5, ICRS, Galactic, SkyCoord
from astropy.wcs import WCS

from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.fits.header import Header, parse_header
from skybatch.inventory.placements.placements import Placements
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import Projection

Cards = dict[str, float | int | str]

ASTROPYS = {
    ImageFrame.FK5: FK5(equinox="J2000"),
    ImageFrame.ICRS: ICRS(),
    ImageFrame.GALACTIC: Galactic(),
}
_AXES = {ImageFrame.GALACTIC: ("GLON-", "GLAT-")}
STEP = 0.000381901464  # PTF's, degrees
SIDES = (2048, 4096)


def header_of(cards: Cards) -> Header:
    """Parse a header of these cards as our reader sees it."""
    mandatory: Cards = {"SIMPLE": "T", "BITPIX": -32, "NAXIS": 2, "NAXIS1": SIDES[0], "NAXIS2": SIDES[1]}
    lines = [f"{name:8}= {_value(value):>20}".ljust(80) for name, value in {**mandatory, **cards}.items()]
    return parse_header("".join(lines).encode())


def _value(value: float | int | str) -> str:
    if isinstance(value, str):
        return value if value == "T" else f"'{value:8}'"
    return repr(value)


def astropys(cards: Cards) -> WCS:
    """The WCS that astropy makes of these cards."""
    return WCS({"NAXIS": 2, "NAXIS1": SIDES[0], "NAXIS2": SIDES[1], **cards})


def footprints(cards: Cards, count: int = 1) -> Footprints:
    """As many times the image of these cards, as look-ups see it."""
    wcs = read_celestial_wcs(header_of(cards))
    if wcs.by_astropy or wcs.terms:
        return Placements.of_images([(wcs, *SIDES)] * count).footprints(ImageFrame(wcs.frame))
    linear = wcs._asdict()
    del linear["terms"]
    frame, projection = ImageFrame(linear.pop("frame")), Projection[linear.pop("projection")]
    values = {**linear, "projection": projection, "naxis1": SIDES[0], "naxis2": SIDES[1]}
    return Footprints.from_keywords({n: np.full(count, float(v)) for n, v in values.items()}, frame)


def places(count: int, seed: int) -> Iterator[tuple[float, float]]:
    """Reference positions over the sky: both poles, close to them, and RA 0 included."""
    rng = np.random.default_rng(seed)
    yield from [(0.0, 0.0), (0.0, 90.0), (10.0, 90.0), (77.0, -90.0), (359.99999, 89.99), (1e-7, -89.999)]
    ra = np.where(rng.random(count) < 0.2, rng.normal(0.0, 0.3, count) % 360.0, rng.uniform(0, 360, count))
    yield from zip(ra.tolist(), np.degrees(np.arcsin(rng.uniform(-1, 1, count))).tolist(), strict=True)


def headers(projection: str, frame: ImageFrame, matrix: str, count: int, seed: int) -> Iterator[Cards]:
    """Headers of one projection, frame and way to write the matrix: ``CROTA2``, ``CD`` or ``PC``."""
    rng = np.random.default_rng(seed)
    first, second = _AXES.get(frame, ("RA---", "DEC--"))
    for ra, dec in places(count, seed):
        cards: Cards = {
            "CTYPE1": f"{first}{projection}", "CTYPE2": f"{second}{projection}",
            "CRVAL1": ra, "CRVAL2": dec,
            "CRPIX1": float(rng.choice([1024.5, 1.0, -350.0])), "CRPIX2": float(rng.choice([2048.5, 5000.0])),
        }  # fmt: skip
        if frame is not ImageFrame.GALACTIC:
            cards["RADESYS"] = str(frame)
        yield cards | _matrix(matrix, rng)


def _matrix(kind: str, rng: np.random.Generator) -> Cards:
    turn = float(rng.choice([0.0, 0.01, 30.0, 180.0]) * rng.uniform(-1, 1))
    mirrored = float(rng.choice([-1.0, -1.0, 1.0]))
    if kind == "CROTA2":
        return {"CDELT1": mirrored * STEP, "CDELT2": STEP * 1.01, "CROTA2": turn}
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    skew = rng.choice([0.0, 0.003, 0.2])
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[mirrored, skew], [0.0, 1.01]])
    names = ("1_1", "1_2", "2_1", "2_2")
    if kind == "CD":
        return {f"CD{name}": float(value * STEP) for name, value in zip(names, matrix.ravel(), strict=True)}
    scaled = {f"PC{name}": float(value) for name, value in zip(names, matrix.ravel(), strict=True)}
    return {"CDELT1": STEP, "CDELT2": STEP, **scaled}


def to_icrs(frame: ImageFrame, longitude: np.ndarray, latitude: np.ndarray) -> SkyCoord:
    """ICRS of positions in a frame of images, by astropy."""
    return SkyCoord(longitude, latitude, unit="deg", frame=ASTROPYS[frame]).transform_to(ICRS())
