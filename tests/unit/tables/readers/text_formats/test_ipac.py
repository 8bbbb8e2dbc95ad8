"""IPAC tables, strict and as people send them: aligned, folded, or refused with line and column."""

from __future__ import annotations

import pytest

from skybatch.errors import CellError, InvalidRequest, TooLarge
from skybatch.settings import Settings
from tests.support.tables import request_tables as tables
from tests.support.tables.request_tables import parsed_request, parsed_rows, parsed_upload

EXAMPLES = {
    "positions all": ("positions", tables.POSITIONS_ALL),
    "positions best": ("positions", tables.POSITIONS_BEST),
    "positions crop": ("positions", tables.POSITIONS_CROP),
    "positions of a catalogue": ("positions", tables.POSITIONS_GATOR),
    "keys three": ("coadd_keys", tables.KEYS_THREE),
    "keys all": ("coadd_keys", tables.KEYS_ALL),
    "scans six": ("scans", tables.SCANS_SIX),
    "scans two": ("scans", tables.SCANS_TWO),
    "scans null image": ("scans", tables.SCANS_NULL_IMAGE),
    "scans no image": ("scans", tables.SCANS_NO_IMAGE),
}


def refused(mode: str, table: str) -> InvalidRequest:
    """The error that a table meets."""
    with pytest.raises(InvalidRequest) as caught:
        parsed_request(mode=mode, table=table)
    return caught.value


def folded(table: str) -> str:
    """The table with runs of blanks folded, as web pages and mail do; its bars no longer mean anything."""
    return "\n".join(" ".join(line.replace("| ", "|").split()) for line in table.splitlines())


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_folded_means_the_same(example: str) -> None:
    mode, table = EXAMPLES[example]
    assert parsed_rows(mode, folded(table)) == parsed_rows(mode, table)


@pytest.mark.parametrize("example", EXAMPLES)
def test_line_ends_byte_order_mark_and_last_blank_lines_do_not_matter(example: str) -> None:
    mode, table = EXAMPLES[example]
    windows = b"\xef\xbb\xbf" + table.replace("\n", "\r\n").encode() + b"\r\n  \r\n\r\n"
    request = parsed_upload(mode, windows)
    assert request.rows == parsed_request(mode=mode, table=table).rows
    old_mac = table.rstrip("\n").replace("\n", "\r").encode()
    assert parsed_upload(mode, old_mac).rows == request.rows


@pytest.mark.parametrize("example", EXAMPLES)
def test_comments_and_keywords_go_before_the_header_in_any_encoding(example: str) -> None:
    mode, table = EXAMPLES[example]
    head = "\\ Gemessen am Königstuhl\n\\fixlen = T\n\\ORIGIN='catalogue'\n\n"
    for encoding in ("latin-1", "utf-8"):
        rows = parsed_upload(mode, (head + table).encode(encoding)).rows
        assert [row.line for row in rows] == [
            row.line + 4 for row in parsed_request(mode=mode, table=table).rows if row.line
        ]


def test_utf16_with_its_mark_is_read() -> None:
    assert parsed_upload("coadd_keys", tables.KEYS_ALL.encode("utf-16")).rows[0].coadd_key == 1590591


def test_a_folded_table_without_its_null_cell_is_refused_by_line_and_column() -> None:
    error = refused("scans", folded(tables.SCANS_EMPTY_IMAGE))
    assert error.errors == (
        CellError(
            "xdate",
            "971031 n 96 A",
            "the values do not lie between the bars of the header,"
            " and split at blanks they are 4 for 5 columns",
            line=2,
            row=1,
        ),
    )


def test_only_misaligned_lines_are_named() -> None:
    table = (
        "|   ra|  dec|   id|\n" + "  10.5  20.5    a\n" * 3 + "  10.5555555 20.5\n" + "  10.5           b\n"
    )
    error = refused("positions", table)
    assert [(e.line, e.row, e.column) for e in error.errors] == [(5, 4, "dec")]


def test_where_bars_and_words_both_fit_but_disagree_the_line_is_refused() -> None:
    # Line 3 reads as "1 2", null, x by its bars and as 1, 2, x by its words; line 2 leaves the bars.
    table = "|id   |coadd_key|note |\n12345678 99 c\n  1 2            x\n"
    assert [e.line for e in refused("coadd_keys", table).errors] == [3]


def test_two_words_in_a_column_of_single_words_are_no_alignment() -> None:
    assert parsed_rows("coadd_keys", "|coadd_key|band|\n 1590591 A\n") == parsed_rows(
        "coadd_keys", tables.KEYS_ALL
    )


def test_sexagesimal_with_blanks_lies_between_its_bars() -> None:
    table = "|          ra|         dec| best|\n  00 42 44.3  -41 16 08.0      \n"
    (row,) = parsed_request(mode="positions", table=table).rows
    assert row.position is not None
    assert row.position.ra == pytest.approx(10.684583333)
    assert row.position.dec == pytest.approx(-41.268888889)


def test_the_null_value_of_a_column_is_its_own() -> None:
    table = "|   ra|  dec|  size|\n|  r  |d    |  real|\n|  deg|  deg|arcsec|\n|     |     |  -99.9|\n"
    table = (
        table.replace("|  -99.9|", "| -99.9|")
        + "   1.0   2.0   50.0\n   1.0   2.0  -99.9\n   1.0   2.0   null\n"
    )
    assert [row.size for row in parsed_request(mode="positions", table=table).rows] == [50.0, None, None]


@pytest.mark.parametrize("types", ["", "|i|c|\n", "|long|date|\n", "|INTEGER|CHARACTER|\n|||\n"])
def test_any_prefix_of_a_type_and_those_in_the_wild_are_taken(types: str) -> None:
    assert parsed_rows("coadd_keys", f"|coadd_key|band|\n{types} 1590591   A\n") == parsed_rows(
        "coadd_keys", tables.KEYS_ALL
    )


def test_a_header_without_its_last_bar_is_taken() -> None:
    assert parsed_rows("coadd_keys", "| coadd_key| band\n    1590591     A\n") == parsed_rows(
        "coadd_keys", tables.KEYS_ALL
    )


def test_columns_are_known_by_name_in_any_case_and_the_exact_name_wins() -> None:
    table = "|  RA|   ra| DEC| dec|\n   1.    2.   3.   4.\n"
    (row,) = parsed_request(mode="positions", table=table).rows
    assert row.position is not None
    assert (row.position.ra, row.position.dec) == (2.0, 4.0)


def test_a_known_column_twice_is_refused() -> None:
    assert "ra stands twice" in refused("positions", "| ra| ra| dec|\n   1   2    3\n").detail


def test_a_fifth_header_line_is_refused_where_it_stands() -> None:
    assert "line 6" in refused("positions", "|ra|dec|\n" * 5 + " 1  2\n").detail


@pytest.mark.parametrize("table", [tables.KEYS_THREE.rsplit("\n", 4)[0] + "\n", "|coadd_key|\n", "", " \n\n"])
def test_an_empty_table_is_refused(table: str) -> None:
    error = refused("coadd_keys", table)
    assert error.status == 422
    assert "no rows" in error.detail or "nothing but blank lines" in error.detail


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    error = refused("coadd_keys", "\\ my keys\n|key|band|\n  1  j\n")
    assert error.detail.splitlines()[0] == (
        "In line 2 of the table the column coadd_key (the number of an image set) is missing;"
        " this IPAC table has the columns key, band."
    )


def test_too_many_rows_are_413() -> None:
    table = "|coadd_key|\n" + "    1590591\n" * 11
    assert len(parsed_request(Settings(max_rows=11), mode="coadd_keys", table=table).rows) == 11
    with pytest.raises(TooLarge, match="more than 10 rows"):
        parsed_request(Settings(max_rows=10), mode="coadd_keys", table=table)


def test_dozens_of_other_columns_are_ignored() -> None:
    extra = [f"extra_{i}" for i in range(60)]
    header = "|ra     |dec    |" + "".join(f"{name:>12}|" for name in extra)
    line = " 10.5    20.5    " + "".join(f"{'a b':>12} " for _ in extra)
    assert parsed_rows("positions", f"{header}\n{line}\n") == [
        {"number": 1, "bands": "jhk", "sky": [10.5, 20.5]}
    ]
