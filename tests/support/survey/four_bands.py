"""A made survey of four bands, described by TOML: another than 2MASS, with fields and columns of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from skybatch.inventory.image_sets import ImageSets
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import Projection
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.known import forget, register

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
part = { type = "int", match = "[0-9]{2}", format = "02d", min = 0, max = 99 }
[set]
fields = ["tile", "part"]
id = "{tile}-{part:02d}"
[product.coadd]
title = "Coadd"
key = "{tile}/{part:02d}/{band.token}-coadd"
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


@contextmanager
def known_survey() -> Iterator[None]:
    """Make the survey known for a while."""
    register(SURVEY)
    try:
        yield
    finally:
        forget(SURVEY)


def four_band_sets(count: int, seed: int = 12) -> ImageSets:
    """Image sets spread evenly over the sky, turned any way, with values drawn from a seed.

    Every third has no image in z, and every fifth one is gzipped.
    """
    rng = np.random.default_rng(seed)
    number = np.arange(count)
    dec = np.degrees(np.arcsin(1.0 - (2.0 * number + 1.0) / count))
    ra = (number * 137.50776405003785) % 360.0
    suffix = np.where(number % 5 == 0, ".fits.gz", ".fits").astype(object)
    held = {band: np.where((band == "z") & (number % 3 == 0), 0, 1) for band in BANDS}
    own = {
        "tile": np.array(
            [
                f"{n // PARTS % 10_000:04d}{'pm'[n // PARTS // 10_000 % 2]}{n // PARTS // 20_000:03d}"
                for n in number
            ]
        ),
        "part": number % PARTS,
        "depth": np.round(rng.normal(22.0, 0.3, count), 3),
        "zero": {band: np.round(rng.normal(25.0, 0.1, count), 4) for band in BANDS},
        "frames": {band: rng.integers(1, 40, count) for band in BANDS},
        "chip": {band: np.array(["CCD1", "CCD22"])[rng.integers(0, 2, count)] for band in BANDS},
    }
    return ImageSets.of_survey(
        "quad",
        own,
        set_index=number,
        crval1=ra,
        crval2=dec,
        crpix1=np.full(count, (PIXELS + 1) / 2),
        crpix2=np.full(count, (PIXELS + 1) / 2),
        cdelt1=np.full(count, -SCALE),
        cdelt2=np.full(count, SCALE),
        crota2=rng.uniform(-180.0, 180.0, count),
        naxis1=np.full(count, PIXELS),
        naxis2=np.full(count, PIXELS),
        skew=np.zeros(count),
        projection=np.full(count, float(Projection.TAN)),
        frame=ImageFrame.ICRS,
        header_blocks=np.full(count, 6),
        bytes={band: rng.integers(16_000_000, 17_000_000, count) * held[band] for band in BANDS},
        suffix={band: np.where(held[band] > 0, suffix, "").astype(object) for band in BANDS},
    )
