"""Metadata tables of the archive, read by the description of their survey."""

from __future__ import annotations

from pathlib import Path

import pytest
from astropy.table import Table, vstack

from skybatch.archive.described.table_images import TableImage, read_table_images, well_placed
from skybatch.errors import InvalidRequest
from tests.support.survey.described.allwise_table import allwise_table, table_text
from tests.support.survey.described.allwise_tree import CDELT, MAGZP, SURVEY, TILES

TILE = next(iter(TILES))


def read(tmp_path: Path, table: Table, form: str = "ipac") -> list[TableImage]:
    path = tmp_path / "meta.tbl"
    path.write_text(table_text(table, form))
    return read_table_images([path], SURVEY)


@pytest.mark.parametrize("form", ["ipac", "csv"])
def test_the_archives_answer_is_read_in_both_formats(tmp_path: Path, form: str) -> None:
    images = read(tmp_path, allwise_table(), form)
    assert len(images) == len(TILES) * len(MAGZP)
    first = images[0]
    assert (first.dataset, first.fields, first.band) == ("allwise", {"coadd_id": TILE}, "w1")
    assert first.wcs is not None
    assert (first.naxis1, first.naxis2, first.wcs.crpix1) == (128, 128, 64.5)
    assert (first.wcs.crval1, first.wcs.cdelt1, first.wcs.projection) == (TILES[TILE][0], -CDELT, "SIN")
    assert first.values == {"magzp": 20.5, "magzpunc": 0.006}


def test_corners_at_the_archives_pixels_are_near_enough(tmp_path: Path) -> None:
    images, wrong = well_placed(read(tmp_path, allwise_table()))
    assert (len(images), wrong) == (8, [])


def test_corners_elsewhere_are_told_by_line(tmp_path: Path) -> None:
    table = allwise_table()
    table["ra1"][3] += 5 * CDELT / 0.2
    images, wrong = well_placed(read(tmp_path, table, "csv"))
    assert (len(images), [problem.place for problem in wrong]) == (7, ["meta.tbl, line 5"])


def test_an_image_found_for_several_positions_counts_once(tmp_path: Path) -> None:
    twice = vstack([allwise_table(), allwise_table()])
    twice["in_row_id"][8:] = 2
    assert len(read(tmp_path, twice)) == 8
    twice["magzp"][8] = 1.0
    with pytest.raises(InvalidRequest, match=r"line \d+ and meta\.tbl, line \d+: different values"):
        read(tmp_path, twice)


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("coadd_id", "0000", "coadd_id"),
        ("band", 5, "band"),
        ("crval2", 91.0, "crval"),
        ("naxis1", 0, "naxis1"),
        ("cdelt1", 0.0, "cdelt"),
        ("ctype1", "RA---ZPN", "ctype1"),
    ],
)
def test_impossible_values_refuse_the_tables(tmp_path: Path, column: str, value: object, word: str) -> None:
    table = allwise_table()
    table[column][2] = value
    with pytest.raises(InvalidRequest, match=word) as refused:
        read(tmp_path, table, "csv")
    assert [error.line for error in refused.value.errors] == [4]


def test_a_table_without_an_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no image"):
        read(tmp_path, allwise_table()[:0], "csv")
