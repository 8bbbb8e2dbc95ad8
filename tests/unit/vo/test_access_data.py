"""What clients of SIA 1.0 look for beside the archive's own columns."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.time import Time

from skybatch.inventory.inventory import Inventory
from skybatch.tables.schemas.search import SIA_ACCESS
from skybatch.vo.access_data import access_data
from skybatch.vo.obscore.facts import key_of_id
from skybatch.vo.search_images import ATLAS, QUICKLOOK, find_images


@pytest.mark.parametrize("kind", [ATLAS, QUICKLOOK])
def test_values_are_those_of_the_image_of_each_row(small_inventory: Inventory, kind: str) -> None:
    found = find_images(small_inventory, np.arange(5), 6, kinds=(kind,))
    data = access_data(found, [5, 0, 0])
    assert list(data) == [column.name for column in SIA_ACCESS]
    assert [key_of_id(each) for each in data["publisher_did"]] == [found.key(i) for i in (5, 0, 0)]
    day = str(found.details.ut_date[found.at[5]])
    century = "19" if day[0] in "5679" else "20"
    noon = Time(f"{century}{day[:2]}-{day[2:4]}-{day[4:]}T12:00:00")
    assert data["mjd_obs"][0] == noon.mjd
    assert list(data["filesize"]) == [None if kind == QUICKLOOK else found.stored_bytes(i) for i in (5, 0, 0)]


def test_no_rows_have_no_values(small_inventory: Inventory) -> None:
    found = find_images(small_inventory, np.arange(5), 1)
    assert all(not len(values) for values in access_data(found, []).values())
