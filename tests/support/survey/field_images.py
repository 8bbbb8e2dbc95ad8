"""Images of one field, by number and band, in a tree, and the keys that its inventory gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skybatch.inventory.inventory import Inventory
from skybatch.storage.trees import Tree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key
from skybatch.surveys.twomass.bands import BANDS
from tests.support.images.fits_files import CardValue, gzipped, make_image

FIELD = ImageId("askyw", "001126", "n", 101, 9, "j")


def image(number: int, band: str) -> ImageId:
    return ImageId(FIELD.dataset, FIELD.date, FIELD.hem, FIELD.scan, number, band)


def plain(number: int, band: str, cards: Mapping[str, CardValue | None] | None = None, **grid: Any) -> bytes:
    said = {"FILTER": band, "ORDATE": FIELD.date, "SCANNO": FIELD.scan, "TELNAME": "Hopkins", **(cards or {})}
    given: dict[str, Any] = {"ra": 83.8, "dec": -6.0 + number / 40, "nx": 64, "ny": 96, **grid}
    return make_image(**given, cards=said)


def stored(number: int, band: str, cards: Mapping[str, CardValue | None] | None = None, **grid: Any) -> bytes:
    return gzipped(plain(number, band, cards, **grid))


def fill(tree: Tree, numbers: tuple[int, ...] = (9, 21, 33)) -> None:
    for number in numbers:
        for band in BANDS:
            tree.write(atlas_key(image(number, band)), stored(number, band))


def keys_by_image(tree: Tree) -> dict[int, int]:
    inventory = Inventory.open(tree, "askyw")
    details = inventory.details(np.arange(inventory.size))
    return dict(zip(details.image.tolist(), details.coadd_key.tolist(), strict=True))
