"""Cells of metadata tables, in the spellings that tables have."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.archive.described import table_cells
from skybatch.archive.metadata_cells import InvalidCell, MetadataRow
from skybatch.errors import InvalidRequest
from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.surveys.catalogue import packaged_survey
from tests.support.survey.described.allwise_tree import SURVEY
from tests.support.survey.descriptions import known_survey, plain_survey
from tests.support.survey.shipped.ptf import EXPOSURE, KEY, PID
from tests.support.survey.wcs_oracle import Cards, header_of

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


FRAMES = packaged_survey("neowise")
SIP = "RA---SIN-SIP"
MATRIX = {"cd1_1": "-7.3e-4", "cd1_2": "2.0e-4", "cd2_1": "2.1e-4", "cd2_2": "7.4e-4"}
POLYNOMIALS = {"a_0_0": "0.7", "a_2_0": "1e-6", "b_1_1": "-3e-6"}


def frame(**cells: str | None) -> MetadataRow:
    place = {"crpix1": "508.5", "crpix2": "508.5", "crval1": "228.5", "crval2": "-18.6"}
    return row(naxis1="1016", naxis2="1016", **place, **cells)


def test_a_matrix_and_polynomials_are_read_of_columns_named_as_keywords() -> None:
    cells = frame(ctype1=SIP, **MATRIX, **POLYNOMIALS)
    assert table_cells.missing_of_grid(cells, FRAMES) == ""
    wcs, _, _ = table_cells.grid_of(cells, FRAMES)
    cards: Cards = {name.upper(): float(value) for name, value in (MATRIX | POLYNOMIALS).items()}
    cards |= {"CTYPE1": SIP, "CTYPE2": "DEC--SIN-SIP", "A_ORDER": 2, "B_ORDER": 2, "RADESYS": "FK5"}
    cards |= {"CRPIX1": 508.5, "CRPIX2": 508.5, "CRVAL1": 228.5, "CRVAL2": -18.6}
    assert wcs._replace(terms=()) == read_celestial_wcs(header_of(cards))._replace(terms=())
    assert dict(wcs.terms) == dict(read_celestial_wcs(header_of(cards)).terms)


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (frame(ctype1=SIP, **MATRIX), "coefficients of its SIP polynomials"),
        (frame(**MATRIX), "coefficients of its SIP polynomials"),
        (frame(ctype1=SIP, **POLYNOMIALS), "cdelt1"),
        (row(ctype1="RA---SIN", crval1="1", crval2="2", **MATRIX), "naxis1"),
        (row(ctype1="RA---SIN", naxis1="9", naxis2="9", **MATRIX), "crval1"),
        (frame(ctype1="RA---SIN", cdelt1="-1e-3", cdelt2="1e-3"), ""),
    ],
)
def test_what_a_table_lacks_to_place_images_is_told(cells: MetadataRow, missing: str) -> None:
    assert table_cells.missing_of_grid(cells, FRAMES) == missing


def test_a_matrix_without_inverse_is_an_invalid_cell() -> None:
    with pytest.raises(InvalidCell):
        table_cells.grid_of(frame(ctype1=SIP, **dict.fromkeys(MATRIX, "1e-4"), **POLYNOMIALS), FRAMES)


def test_the_path_of_an_image_tells_its_identity() -> None:
    with known_survey(packaged_survey("ptf")) as ptf:
        path = KEY.removeprefix("ptf/images/level1/")
        for text in (path, f"/{path}", KEY):
            key = table_cells.key_of(row(pfilename=text), ptf)
            assert key is not None
            assert (key.band, key.fields["pid"], key.fields["exposure"]) == ("r", PID, EXPOSURE)
        assert table_cells.key_of(row(filter="R"), ptf) is None
        with pytest.raises(InvalidCell):
            table_cells.key_of(row(pfilename=path.replace("f02", "f01")), ptf)
