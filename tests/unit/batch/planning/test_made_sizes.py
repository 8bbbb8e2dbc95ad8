"""Planned sizes are those of the files that are made, whatever room a header leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skybatch.batch.planning.made_sizes import made_size
from skybatch.fits.edge_mode import EdgeMode
from skybatch.fits.pixel_box import Crop, PixelBox
from skybatch.fits.provenance import Origin
from skybatch.imaging.cutout import cut
from skybatch.inventory.image_sets import ImageSets, given_sets
from skybatch.inventory.stored_image import max_gzipped_size
from skybatch.surveys.image_type import ImageType
from tests.support.images.fits_files import make_image
from tests.support.survey.described.four_bands import four_band_sets, known_survey
from tests.support.survey.synthetic_survey import synthetic

NAME = "a-very-long-name-of-a-file-" * 4 + "w1-int-3.fits"


def with_columns(sets: ImageSets, **columns: Any) -> ImageSets:
    return given_sets(**(vars(sets) | columns))


def of_bands(cards: int, count: int) -> dict[str, Any]:
    return {band: np.full(count, cards) for band in "griz"}


@pytest.mark.parametrize("cards", range(100, 112))
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("name", ["g-coadd.fits", NAME])
def test_crops_are_as_long_as_planned(cards: int, padded: bool, name: str) -> None:
    image = make_image(nx=64, ny=48, total_cards=cards)
    x, y = (2.0, 3.0) if padded else (30.0, 20.0)
    box = Crop.around(x, y, 12.0, 9.0, 64, 48, EdgeMode.PAD if padded else EdgeMode.CLIP).box
    with known_survey():
        sets = with_columns(four_band_sets(3), cards=of_bands(cards, 3))
        planned = made_size(sets, 1, "r", ImageType.ATLAS, box, "fits", name)
    assert planned == len(next(iter(cut(image, [box], Origin(name)))))


@pytest.mark.parametrize("cards", [100, 107, 108])
def test_whole_images_are_as_long_as_planned(cards: int) -> None:
    image = make_image(nx=64, ny=48, total_cards=cards)
    with known_survey():
        sides = {"naxis1": np.array([64]), "naxis2": np.array([48])}
        sets = with_columns(four_band_sets(1), cards=of_bands(cards, 1), **sides)
        assert made_size(sets, 0, "z", ImageType.ATLAS, None, "fits", NAME) == len(image)
        assert made_size(sets, 0, "z", ImageType.ATLAS, None, "fits.gz", NAME) == max_gzipped_size(len(image))


def test_where_only_blocks_are_known_there_is_room_for_cards() -> None:
    sets = synthetic(1)
    box = PixelBox(0, 0, 10, 10)
    assert made_size(sets, 0, "j", ImageType.ATLAS, box, "fits", NAME) == 4 * 2880 + 2880
    assert made_size(sets, 0, "j", ImageType.QUICKLOOK, None, "fits", NAME) == 4 * 2880 + 1_051_200
