"""Rows of a table by mode: what each mode reads, and the count of image sets that a scan list asks for."""

from __future__ import annotations

import pytest

from skybatch.errors import TooLarge
from skybatch.requests.field_parsers import parse_dataset
from skybatch.requests.model import Mode, Row, RowDefaults
from skybatch.requests.row_readers import names_one_image, parse_delivery_format
from skybatch.requests.table_rows import RequestRows, read_rows
from skybatch.tables.readers.model import Bounds
from skybatch.validation import InvalidValue

BOUNDS = Bounds(rows=50, marked_rows=100, inflated_bytes=1_000_000)


def read(table: str, mode: Mode, size: float | None = None) -> RequestRows:
    return read_rows(table.encode(), mode, RowDefaults(("j", "h"), False, size), BOUNDS)


def only(rows: RequestRows) -> Row:
    (row,) = rows.rows
    return row


def test_a_size_of_the_request_is_for_positions_that_have_none() -> None:
    rows = read("ra,dec,size\n101,2,\n103,4,0\n105,6,50\n", Mode.POSITIONS, size=90.0).rows
    assert [row.size for row in rows] == [90.0, None, 50.0]
    assert only(read("coadd_key\n5\n", Mode.COADD_KEYS, size=90.0)).size is None


def test_scans_are_read_under_every_name_of_their_columns() -> None:
    row = only(read("ordate,hemisphere,scanno,coaddno,filter\n1997-10-31,north,96,197,K\n", Mode.SCANS))
    assert (row.date, row.hem, row.scan, row.image, row.bands) == ("971031", "n", 96, 197, ("k",))


def test_a_key_row_has_a_crop_only_with_both_coordinates() -> None:
    table = "coadd_key,req_ra,req_dec,size\n5,-155.7462,-29.8654,50\n6,,2,50\n"
    whole, without = read(table, Mode.COADD_KEYS).rows
    assert whole.position is not None
    assert whole.position.ra == pytest.approx(204.2538)
    assert whole.size == 50.0
    assert without.position is None


def test_a_scan_without_an_image_number_counts_as_all_of_its_images() -> None:
    two = "xdate,hem,scan\n" + "971031,n,96\n971031,n,97\n"
    assert len(read(two, Mode.SCANS).rows) == 2
    with pytest.raises(TooLarge, match="69 image sets"):
        read(two + "971031,n,98\n", Mode.SCANS)


@pytest.mark.parametrize(
    ("text", "one"), [(None, False), ("0", False), ("-3", False), ("12", True), ("x", True)]
)
def test_what_names_a_single_image(text: str | None, one: bool) -> None:
    assert names_one_image(text) is one


def test_words_of_our_own_tables_are_checked() -> None:
    assert parse_dataset("ASKY") == "asky"
    assert parse_delivery_format("fits.gz") == "fits.gz"
    with pytest.raises(InvalidValue):
        parse_dataset("nothing")
