"""From image sets to single images: order, limits, and how far a search reads."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from skybatch.errors import TooLarge
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.inventory import Inventory
from skybatch.surveys.image_id import parse_key
from skybatch.vo.search_images import ATLAS, QUICKLOOK, find_images


def test_images_come_by_set_then_band_then_kind(small_inventory: Inventory) -> None:
    found = find_images(small_inventory, np.array([4, 2]), 100, bands=("j", "k"), kinds=(ATLAS, QUICKLOOK))
    numbers = found.details.set_index[found.at].tolist()
    expected = [(n, band, kind) for n in (4, 2) for band in "jk" for kind in (ATLAS, QUICKLOOK)]
    assert list(zip(numbers, found.band, found.kind, strict=True)) == expected
    assert not found.more


@pytest.mark.parametrize(("limit", "more"), [(0, True), (5, True), (6, False), (7, False)])
def test_no_more_images_than_the_limit(small_inventory: Inventory, limit: int, more: bool) -> None:
    found = find_images(small_inventory, np.array([0, 1]), limit)
    assert (len(found), found.more) == (min(limit, 6), more)


def test_a_key_and_a_size_are_those_of_the_stored_form(small_inventory: Inventory) -> None:
    found = find_images(small_inventory, np.array([3]), 9, bands=("h",), kinds=(ATLAS, QUICKLOOK))
    details = small_inventory.details([3])
    assert [parse_key(found.key(i))[0] for i in (0, 1)] == [details.image_id(0, "h")] * 2
    assert [parse_key(found.key(i))[1].letter for i in (0, 1)] == [ATLAS, QUICKLOOK]
    expected = [details.bytes["h"][0], details.quicklook_bytes["h"][0]]
    assert [found.stored_bytes(i) for i in (0, 1)] == expected


def test_a_predicate_is_asked_for_each_band(small_inventory: Inventory) -> None:
    def even_in_h(details: ImageSets, band: str) -> NDArray[np.bool_]:
        return np.asarray((details.set_index % 2 == 0) & (band == "h"))

    found = find_images(small_inventory, np.arange(10), 100, matches=even_in_h)
    assert found.details.set_index[found.at].tolist() == [0, 2, 4, 6, 8]
    assert set(found.band) == {"h"}


def test_only_the_first_image_of_each_band(small_inventory: Inventory) -> None:
    found = find_images(small_inventory, np.array([8, 1, 5]), 100, first_of_each_band=True)
    assert found.details.set_index[found.at].tolist() == [8, 8, 8]
    assert found.band == ["j", "h", "k"]


def test_the_number_of_sets_is_told_before_they_are_read(small_inventory: Inventory) -> None:
    def over(count: int) -> None:
        raise TooLarge(f"{count} sets are too many")

    with pytest.raises(TooLarge, match="6 sets"):
        find_images(small_inventory, np.arange(10), 5, before_reading=over)


def test_without_sets_there_are_no_images(small_inventory: Inventory) -> None:
    found = find_images(small_inventory, np.empty(0, np.intp), 5)
    assert (len(found), found.more) == (0, False)
