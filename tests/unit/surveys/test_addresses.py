"""Addresses of the archive, and the keys of buckets that differ from them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skybatch.surveys.addresses import address_of_key, folders_moved_below, key_of_address
from tests.support.survey.described.allwise_tree import ADDRESS, PREFIX, SURVEY, TILES, address, key
from tests.support.survey.descriptions import known_survey

TILE = next(iter(TILES))
SCAN = "twomass/allsky/allsky/980321n/s106/image/ji1060021.fits.gz"


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    with known_survey(SURVEY):
        yield


def test_the_key_of_a_file_is_found_by_its_address_and_the_reverse() -> None:
    assert key_of_address(address(TILE, 1)) == key(TILE, 1)
    assert address_of_key(key(TILE, 1)) == address(TILE, 1)


def test_folders_have_keys_too() -> None:
    assert key_of_address(ADDRESS) == PREFIX
    assert key_of_address(ADDRESS.rstrip("/")) == PREFIX.rstrip("/")
    assert key_of_address("wise/allwise/") == "wise/allwise/"


def test_addresses_of_2mass_are_its_keys() -> None:
    assert key_of_address(SCAN) == address_of_key(SCAN) == SCAN


def test_folders_above_the_images_are_those_of_the_addresses() -> None:
    assert folders_moved_below("") == ({"wise"}, set())
    assert folders_moved_below("wise/") == ({"allwise"}, set())
    assert folders_moved_below("wise/allwise/") == ({"p3am_cdd"}, {"images"})
    assert folders_moved_below("twomass/") == (set(), set())
