"""Columns of search responses, with what SIA 1.0 (section 4.2) requires of them."""

from __future__ import annotations

import pytest

from skybatch.tables.schemas.search import INVENTORY_PARAMS, NATIVE_SEARCH, SIA_PARAMS, SIA_SEARCH

REQUIRED_ONCE = (
    "VOX:Image_Title",
    "POS_EQ_RA_MAIN",
    "POS_EQ_DEC_MAIN",
    "VOX:Image_Naxes",
    "VOX:Image_Naxis",
    "VOX:Image_Scale",
    "VOX:Image_Format",
    "VOX:Image_AccessReference",
)


@pytest.mark.parametrize("ucd", REQUIRED_ONCE)
def test_each_ucd_that_sia_requires_is_there_exactly_once(ucd: str) -> None:
    assert [column.ucd for column in SIA_SEARCH].count(ucd) == 1


def test_the_frame_of_the_wcs_is_stated_for_the_table() -> None:
    for params in (SIA_PARAMS, INVENTORY_PARAMS):
        values = {param.ucd: param.value for param in params}
        assert values["VOX:STC_CoordRefFrame"] == "FK5"
        assert float(values["VOX:STC_CoordEquinox"]) == 2000.0


def test_the_archives_search_has_no_ucds_and_no_links() -> None:
    assert {column.ucd for column in NATIVE_SEARCH} == {""}
    assert {column.link for column in NATIVE_SEARCH} == {""}
