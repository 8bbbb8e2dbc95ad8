"""A made survey of four bands, described by TOML: another than 2MASS, with fields and columns of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from skybatch.inventory.image_sets import ImageSets, given_sets
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import Projection
from skybatch.surveys.description.reader import read_survey
from tests.support.survey import descriptions

DESCRIPTION = """
schema = 1
id = "quad"
title = "Survey of Four Bands"
short = "QUAD"
dataset = [{ path = "quad/coadds", title = "Coadds" }]
band = [
  { id = "g", label = "g", wave = [4.8e-7, 4.0e-7, 5.5e-7] },
  { id = "r", label = "r", wave = [6.2e-7, 5.5e-7, 7.0e-7] },
  { id = "i", label = "i", wave = [7.5e-7, 7.0e-7, 8.2e-7] },
  { id = "z", label = "z", wave = [9.0e-7, 8.2e-7, 1.0e-6] },
]
[fields]
tile = { type = "text", match = "[0-9]{4}[pm][0-9]{3}" }
part = { type = "int", match = "[0-9]{1,2}", min = 0, max = 99 }
[set]
fields = ["tile", "part"]
id = "{tile}_{part}"
[product.coadd]
title = "Coadd"
key = "{tile}/{part}/{band.token}-coadd"
forms = ["fits", "fits.gz"]
[header]
wcs = ["TAN"]
frame = "ICRS"
[columns]
depth = { of = "set", type = "double", unit = "mag", doc = "Depth." }
zero = { of = "band", type = "double", unit = "mag", doc = "Zero point." }
frames = { of = "band", type = "int", doc = "Number of frames." }
chip = { of = "band", type = "char", doc = "Detector." }
"""
SURVEY = read_survey(DESCRIPTION, "quad.toml")
BANDS = ("g", "r", "i", "z")
PARTS = 4
# A third of an arcsecond: 1.5 million such images cover the sky once and a quarter.
PIXELS, SCALE = 2048, 0.33 / 3600
known_survey = partial(descriptions.known_survey, SURVEY)


def four_band_sets(count: int, seed: int = 12) -> ImageSets:
    """Image sets spread evenly over the sky, turned any way, with values drawn from a seed.

    Every third has no image in z, and every fifth one is gzipped.
    """
    rng = np.random.default_rng(seed)
    number = np.arange(count)
    gzipped = number % 5 == 0
    size = {band: rng.integers(16_000_000, 17_000_000, count) for band in BANDS}
    size["z"][number % 3 == 0] = 0
    suffix = np.where(gzipped, ".fits.gz", ".fits")
    none = {band: np.zeros(count, np.int64) for band in BANDS}
    forms = {
        band: {"fits": np.where(gzipped, 0, size[band]), "fits.gz": np.where(gzipped, size[band], 0)}
        for band in BANDS
    }
    return given_sets(
        dataset="quad",
        set_index=number,
        **_places(count, rng),
        tile=np.array([_tile(n // PARTS) for n in number.tolist()]),
        part=number % PARTS,
        depth=np.round(rng.normal(22.0, 0.3, count), 3),
        zero={band: np.round(rng.normal(25.0, 0.1, count), 4) for band in BANDS},
        frames={band: rng.integers(-1, 40, count) for band in BANDS},
        chip={band: np.array(["CCD1", "CCD22"])[rng.integers(0, 2, count)] for band in BANDS},
        header_blocks=np.full(count, 6),
        bytes=size,
        suffix={band: np.where(size[band] > 0, suffix, "").astype(object) for band in BANDS},
        tiled_bytes=none,
        tile_table=none,
        tile_heap=none,
        forms={"coadd": forms},
    )


def _tile(number: int) -> str:
    return f"{number % 10_000:04d}{'pm'[number // 10_000 % 2]}{number // 20_000:03d}"


def _places(count: int, rng: np.random.Generator) -> dict[str, Any]:
    number = np.arange(count)
    middle, side = np.full(count, (PIXELS + 1) / 2), np.full(count, PIXELS)
    return {
        "crval1": (number * 137.50776405003785) % 360.0,
        "crval2": np.degrees(np.arcsin(1.0 - (2.0 * number + 1.0) / count)),
        "crota2": rng.uniform(-180.0, 180.0, count),
        "crpix1": middle, "crpix2": middle, "naxis1": side, "naxis2": side,
        "cdelt1": np.full(count, -SCALE), "cdelt2": np.full(count, SCALE), "skew": np.zeros(count),
        "projection": np.full(count, float(Projection.TAN)), "frame": ImageFrame.ICRS,
    }  # fmt: skip
