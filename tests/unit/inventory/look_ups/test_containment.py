"""Which images hold which positions, and the best of each band: as astropy has it, for every kind of WCS."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from skybatch.inventory.inventory import Inventory
from skybatch.inventory.matches import PositionMatches
from skybatch.surveys.description.reader import read_survey
from tests.support.survey.descriptions import known_survey
from tests.support.survey.overlapping_images import (
    MadeImage,
    inventory_of,
    made_images,
    positions_about,
)
from tests.support.survey.wcs_kinds import KINDS

BANDS = ("g", "r")
SURVEY = read_survey(
    """\
schema = 1
id = "overlaps"
title = "Overlapping Images"
short = "OVER"
dataset = [{ path = "over/images", title = "Images" }]
band = [
  { id = "g", label = "g", wave = [4.8e-7, 4.0e-7, 5.5e-7] },
  { id = "r", label = "r", wave = [6.2e-7, 5.5e-7, 7.0e-7] },
]
[fields]
name = { match = "[0-9]{4}" }
[set]
fields = ["name"]
id = "{name}"
grid = "band"
[product.image]
title = "Image"
key = "{name}-{band.token}"
bitpix = 0
forms = ["fits"]
[header]
frame = "ICRS"
any_frame = true
""",
    "overlaps.toml",
)
ALL = ("SIN", "TAN", *KINDS)
NEAR_EDGE = 0.01  # arcsec: within it an image may hold a position or not
PIXEL_DEGREES = 1e-4 * 0.00038  # a ten-thousandth of a pixel


@pytest.mark.parametrize("kind", ALL)
def test_positions_are_held_by_the_images_that_astropy_names(kind: str, tmp_path: Path) -> None:
    compare(kind, 300, tmp_path, at_each=2)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ALL)
def test_ten_thousand_positions_are_held_by_the_images_that_astropy_names(kind: str, tmp_path: Path) -> None:
    compare(kind, 10_000, tmp_path, at_each=3)


def compare(kind: str, count: int, folder: Path, at_each: int) -> None:
    images = list(made_images(kind, BANDS, at_each))
    sky = positions_about(images, count, seed=count)
    with known_survey(SURVEY):
        inventory = inventory_of(images, SURVEY, folder)
        numbers = numbers_of(inventory, images)
        every = inventory.positions(sky.ra.deg, sky.dec.deg)
        best = inventory.positions(sky.ra.deg, sky.dec.deg, True)
        bands = inventory.own_bands(np.arange(inventory.size))
    deepest: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    for number, image in zip(numbers, images, strict=True):
        mine = every.take(every.set_index == number)
        check_claims(image, mine, sky)
        check_none_is_missed(image, mine, sky)
        for row, depth in zip(mine.row.tolist(), image.depth(mine.x, mine.y).tolist(), strict=True):
            deepest[row, int(bands[number])].append((depth, number))
    check_best(best, bands, deepest)
    assert len(every) > 0.8 * count
    assert max(map(len, deepest.values())) >= at_each


def numbers_of(inventory: Inventory, images: list[MadeImage]) -> list[int]:
    """The number of each image in the inventory."""
    found = inventory.by_image_id(sorted({image.name for image in images}))
    names = np.array(sorted({image.name for image in images}))[found.row]
    bands = np.array(BANDS)[inventory.own_bands(found.set_index)]
    known = dict(zip(zip(names.tolist(), bands.tolist(), strict=True), found.set_index.tolist(), strict=True))
    return [known[image.name, image.band] for image in images]


def check_claims(image: MadeImage, mine: PositionMatches, sky: SkyCoord) -> None:
    """Each position that is said to lie in an image lies, by astropy, at the pixel that is given."""
    if len(mine):
        assert image.sky(mine.x, mine.y).separation(sky[mine.row]).deg.max() < PIXEL_DEGREES
        assert image.depth(mine.x, mine.y).min() >= 0.0
        assert np.abs(image.depth(mine.x, mine.y) - mine.edge_distance).max() < NEAR_EDGE


def check_none_is_missed(image: MadeImage, mine: PositionMatches, sky: SkyCoord) -> None:
    """Each position that astropy has in an image, and at the same place of it again, is found."""
    near = np.flatnonzero(sky.separation(image.middle).deg <= image.radius * 1.01)
    x, y = image.pixels(sky[near])
    inside = image.depth(x, y) > NEAR_EDGE
    again = np.zeros(len(near), bool)
    if inside.any():
        again[inside] = image.sky(x[inside], y[inside]).separation(sky[near[inside]]).deg < PIXEL_DEGREES
    assert set(near[inside & again].tolist()) <= set(mine.row.tolist())


def check_best(
    best: PositionMatches, bands: np.ndarray, deepest: dict[tuple[int, int], list[tuple[float, int]]]
) -> None:
    """The best of each position and band is the image in which it lies deepest."""
    places = list(zip(best.row.tolist(), bands[best.set_index].tolist(), strict=True))
    assert sorted(places) == sorted(deepest)
    for place, number in zip(places, best.set_index.tolist(), strict=True):
        depths = {each: depth for depth, each in deepest[place]}
        assert depths[number] >= max(depths.values()) - NEAR_EDGE
