"""Cells of metadata tables, in the spellings that tables have."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.archive.described import table_cells
from skybatch.archive.metadata_cells import InvalidCell, MetadataRow
from skybatch.errors import InvalidRequest
from tests.support.survey.described.allwise_tree import SURVEY
from tests.support.survey.descriptions import plain_survey

RADIO = plain_survey(
    ("[fields]\n", '[import]\ngeometry = { center = ["ra", "dec"], cdelt = ["scale"] }\n[fields]\n')
)


def row(**cells: str | None) -> MetadataRow:
    return MetadataRow(Path("t.csv"), 2, cells)


def test_the_number_of_axes_is_no_pair_of_lengths() -> None:
    _, naxis1, naxis2 = table_cells.grid_of(
        row(naxis="2", naxis1="10", naxis2="20", crval1="1", crval2="2", crota2="0"), SURVEY
    )
    assert (naxis1, naxis2) == (10, 20)


def test_pairs_of_one_cell_are_read() -> None:
    cells = row(naxis="10 20", crval="359.5 2", crpix="5.5 10.5", cdelt="-0.1 0.1", crota2="3")
    wcs, naxis1, naxis2 = table_cells.grid_of(cells, SURVEY)
    assert (naxis1, naxis2, wcs.crval1, wcs.crota2) == (10, 20, 359.5, 3.0)


def test_the_middle_stands_for_the_reference_pixel_where_there_is_none() -> None:
    wcs, _, _ = table_cells.grid_of(
        row(naxis="10 20", ra="7", dec="8", scale="-0.1 0.1", ctype1="RA---TAN"), RADIO
    )
    assert (wcs.crval1, wcs.crval2, wcs.crpix1, wcs.crpix2) == (7.0, 8.0, 5.5, 10.5)
    assert (wcs.projection, wcs.frame) == ("TAN", "ICRS")


def test_a_table_that_tells_no_projection_is_refused_where_the_survey_has_several() -> None:
    with pytest.raises(InvalidRequest, match="ctype1"):
        table_cells.grid_of(row(naxis="10 20", ra="7", dec="8", scale="-0.1 0.1"), RADIO)


def test_bands_are_known_by_every_spelling() -> None:
    assert {table_cells.band_of(row(band=word), SURVEY) for word in ("W3", "w3", "3")} == {"w3"}


def test_only_rows_of_images_are_read() -> None:
    survey = plain_survey(("[fields]\n", '[import]\nwhen = { kind = "map" }\n[fields]\n'))
    assert table_cells.is_image(row(kind="MAP"), survey)
    assert table_cells.is_image(row(kind=None), survey)
    assert not table_cells.is_image(row(kind="noise"), survey)


def test_fields_are_held_against_their_patterns() -> None:
    with pytest.raises(InvalidCell):
        table_cells.fields_of(row(coadd_id="0000p000_ab1"), SURVEY)
    assert table_cells.fields_of(row(coadd_id="0000p000_ac51"), SURVEY) == {"coadd_id": "0000p000_ac51"}


def test_values_and_corners_that_are_not_there_are_none() -> None:
    assert table_cells.values_of(row(magzp="20.5", magzpunc=None), SURVEY) == {
        "magzp": 20.5,
        "magzpunc": None,
    }
    assert table_cells.corners_of(row(ra1="1", dec1="2")) is None
