"""Exposures of NEOWISE in any number, made from code: two bands each, distorted each for itself.

For tests and benchmarks; nothing of it is a measurement. Each image has numbers of its own for its place, its
matrix and the lowest terms of its polynomials, which aberration changes from exposure to exposure.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.wcs import WCS
from numpy.typing import NDArray

from skybatch.inventory.image_sets import ImageSets, given_sets
from skybatch.inventory.placements.placements import Placements
from skybatch.inventory.placements.template import WcsTemplate
from skybatch.sky.image_frames import ImageFrame

BANDS = ("w1", "w2")
SIDE, STEP = 1016, 2.757 / 3600
HEADER_BLOCKS, CARDS = 14, 480
SLOTS = (
    *("crval1", "crval2", "cdelt1", "cdelt2", "crota2", "skew"),
    *("A_0_0", "A_1_0", "B_0_0", "B_0_1"),
)
_SHARED = {"naxis1": SIDE, "naxis2": SIDE, "crpix1": 508.5, "crpix2": 508.5}
FRAMES_OF_SCAN = 250


def many_frames(count: int, seed: int = 23) -> ImageSets:
    """As many exposures, spread evenly over the sky and turned any way; 2 x ``count`` images."""
    rng = np.random.default_rng(seed)
    number = np.repeat(np.arange(count), len(BANDS))
    own_band = np.tile(np.arange(len(BANDS), dtype=np.uint8), count)
    nothing = {band: np.zeros(len(number), np.int64) for band in BANDS}
    plain = np.full(len(number), HEADER_BLOCKS * 2880 + -(-SIDE * SIDE * 4 // 2880) * 2880, np.int64)
    size = {band: np.where(own_band == n, plain, 0) for n, band in enumerate(BANDS)}
    suffix = {band: np.where(size[band] > 0, ".fits", "").astype(object) for band in BANDS}
    zero = {band: np.where(own_band == n, 20.5 - n, np.nan) for n, band in enumerate(BANDS)}
    scan = number // FRAMES_OF_SCAN
    return given_sets(
        dataset="neowise",
        frame=ImageFrame.FK5,
        set_index=np.arange(len(number)),
        own_band=own_band,
        placement=_placement(count, own_band, rng),
        scan_id=_scans(scan),
        frame_num=number % FRAMES_OF_SCAN,
        scangrp=np.char.mod("%02d", scan % 100),
        mjd_obs=56639.0 + number * 1.3e-4,
        magzp=zero,
        magzpunc={band: np.where(own_band == n, 0.006, np.nan) for n, band in enumerate(BANDS)},
        header_blocks=np.full(len(number), HEADER_BLOCKS),
        cards={band: np.where(size[band] > 0, CARDS, 0) for band in BANDS},
        bytes=size,
        suffix=suffix,
        tiled_bytes=nothing,
        tile_table=nothing,
        tile_heap=nothing,
        forms={"image": {band: {"fits": size[band], "fits.gz": nothing[band]} for band in BANDS}},
    )


def astropys(sets: ImageSets, row: int) -> WCS:
    """The WCS of one image, as astropy has it."""
    placement: Any = sets.placement
    template = placement.templates[placement.number[row]]
    values = {name: float(each[0]) for name, each in template.values(placement.slots[[row]]).items()}
    turn = np.radians(values["crota2"])
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = turned @ np.array([[values["cdelt1"], values["skew"]], [0.0, values["cdelt2"]]])
    cards: dict[str, Any] = {name: value for name, value in values.items() if name[:2] in ("A_", "B_")}
    cards |= {f"CD{i + 1}_{j + 1}": float(matrix[i, j]) for i in (0, 1) for j in (0, 1)}
    cards |= {name.upper(): values[name] for name in ("crval1", "crval2", "crpix1", "crpix2")}
    cards |= {"CTYPE1": "RA---SIN-SIP", "CTYPE2": "DEC--SIN-SIP", "RADESYS": "FK5", "EQUINOX": 2000.0}
    return WCS(cards | {"A_ORDER": 4, "B_ORDER": 4, "NAXIS": 2, "NAXIS1": SIDE, "NAXIS2": SIDE})


def _placement(count: int, own_band: NDArray[np.uint8], rng: np.random.Generator) -> Placements:
    exposure = np.arange(count)
    ra = (exposure * 137.50776405003785) % 360.0
    dec = np.degrees(np.arcsin(1.0 - (2.0 * exposure + 1.0) / count))
    turn = rng.uniform(-180.0, 180.0, count)
    images = 2 * count
    slots = np.stack(
        [
            *(np.repeat(each, 2) for each in (ra, dec)),
            rng.normal(-STEP, 1e-10, images),
            rng.normal(STEP, 1e-10, images),
            np.repeat(turn, 2) + rng.normal(0.0, 0.02, images),
            rng.normal(0.0, 1e-10, images),
            *(rng.normal(size, spread, images) for size, spread in ((0.72, 0.1), (-4e-4, 1e-4)) * 2),
        ],
        axis=-1,
    )
    return Placements(tuple(map(_template, (1, 2))), own_band.astype(np.int64), slots)


def _template(seed: int) -> WcsTemplate:
    """The polynomials of one camera: two pixels at the corners."""
    rng = np.random.default_rng(seed)
    terms = {
        f"{axis}_{p}_{q}": float(rng.uniform(-1, 1) / 508.0 ** (p + q))
        for axis in "AB"
        for p in range(5)
        for q in range(5 - p)
        if f"{axis}_{p}_{q}" not in SLOTS
    }
    return WcsTemplate("SIN", ImageFrame.FK5, _SHARED | terms, SLOTS)


def _scans(number: NDArray[np.int64]) -> NDArray[np.str_]:
    known, place = np.unique(number, return_inverse=True)
    return np.array([f"{n % 100_000:05d}{'abrs'[n // 100_000]}" for n in known.tolist()])[place]
