"""A made archive for whole jobs: image sets side by side along a parallel, 2500 positions over them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key
from tests.support.images.fits_files import CardValue, gzipped, make_image

DEC = 20.0
RA_STEP = 0.2  # deg, so that no two images hold the same sky
DATASET, DATE, HEMISPHERE, IMAGE = "asky", "990101", "n", 9


def make_strip(folder: Path, sets: int, bands: Sequence[str], *, plain: bool = False) -> int:
    """Write ``sets`` image sets in some bands below a folder, gzipped or plain; answers the bytes written."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        return sum(pool.map(partial(_write, folder, plain), product(range(sets), bands), chunksize=8))


def stored_path(folder: Path, number: int, band: str, *, plain: bool = False) -> Path:
    """Where an image of the strip lies."""
    image = ImageId(DATASET, DATE, HEMISPHERE, number + 1, IMAGE, band)
    return folder / (atlas_key(image).removesuffix(".gz") if plain else atlas_key(image))


def _write(folder: Path, plain: bool, which: tuple[int, str]) -> int:
    number, band = which
    path = stored_path(folder, number, band, plain=plain)
    path.parent.mkdir(parents=True, exist_ok=True)
    cards: dict[str, CardValue] = {"ORDATE": DATE, "FILTER": band, "SCANNO": number + 1, "TELNAME": "Hopkins"}
    image = make_image(_ra(number), DEC, seed=number, cards=cards)
    return path.write_bytes(image if plain else gzipped(image))


def _ra(number: int) -> float:
    return 10.0 + RA_STEP * number


def number_at(ra: float) -> int:
    """The number of the image that holds a position of the strip."""
    return round((ra - 10.0) / RA_STEP)


def positions(sets: int, each: int) -> list[tuple[float, float]]:
    """``each`` positions (ICRS deg) well inside each image, in no order."""
    random = np.random.default_rng(9)
    east = random.uniform(-0.05, 0.05, (sets, each)) + np.array([[_ra(number)] for number in range(sets)])
    north = DEC + random.uniform(-0.1, 0.1, (sets, each))
    order = random.permutation(sets * each)
    return [(round(float(east.flat[n]), 6), round(float(north.flat[n]), 6)) for n in order]
