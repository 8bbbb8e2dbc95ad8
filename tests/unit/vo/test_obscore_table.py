"""ObsCore: the mandatory columns, identifiers and dates."""

from __future__ import annotations

import pytest

from skybatch.errors import NotFound
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key
from skybatch.vo.obscore.columns import IMAGE_COLUMNS, OBSCORE
from skybatch.vo.obscore.facts import key_of_id, publisher_id
from skybatch.vo.obscore_table import collection, obscore_table


def test_an_identifier_leads_back_to_its_key() -> None:
    key = atlas_key(ImageId("asky", "990101", "n", 1, 9, "j"))
    assert key_of_id(publisher_id(key)) == key


@pytest.mark.parametrize("identifier", ["", "ivo://elsewhere/x", "ivo://skybatch/2mass?nothing"])
def test_an_identifier_of_no_image_is_not_found(identifier: str) -> None:
    with pytest.raises(NotFound):
        key_of_id(identifier)


def test_collections_are_named_for_mission_and_data_set() -> None:
    assert collection("asky") == "twomass_allsky"


def test_a_table_of_nothing_has_all_columns() -> None:
    table = obscore_table([], "https://x", (), "")
    assert len(table) == 0
    assert set(table.data) == {column.source for column in (*OBSCORE, *IMAGE_COLUMNS)}
