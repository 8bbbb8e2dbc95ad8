"""Image sets by the identity of their images."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skybatch.errors import NotFound
from skybatch.inventory.image_lookup import set_of_image, sets_of_images
from skybatch.inventory.inventory import Inventory
from skybatch.surveys.image_id import ScanImageId
from tests.support.survey.sample_archive import MadeArchive


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return MadeArchive().open("asky", None)


def test_an_image_of_each_band_finds_its_set(inventory: Inventory) -> None:
    details = inventory.details(np.arange(inventory.size))
    for number in range(inventory.size):
        for band in ("j", "h", "k"):
            assert set_of_image(inventory, details.image_id(number, band)) == number


def test_several_images_find_their_sets_ascending_each_once(inventory: Inventory) -> None:
    details = inventory.details(np.arange(inventory.size))
    images = [details.image_id(i, band) for i, band in ((3, "j"), (0, "k"), (3, "h"))]
    assert isinstance(images[0], ScanImageId)
    elsewhere = replace(images[0], dataset="sx")
    absent = replace(images[0], scan=77)
    assert sets_of_images(inventory, [*images, elsewhere, absent]).tolist() == [0, 3]
    assert len(sets_of_images(inventory, [])) == 0


@pytest.mark.parametrize(
    "change", [{"scan": 77}, {"image": 10}, {"image": 0}, {"hem": "s"}, {"dataset": "sx"}]
)
def test_an_image_that_is_not_there_is_not_found(inventory: Inventory, change: dict[str, Any]) -> None:
    there = inventory.details([0]).image_id(0, "j")
    assert isinstance(there, ScanImageId)
    image = replace(there, **change)
    with pytest.raises(NotFound):
        set_of_image(inventory, image)
