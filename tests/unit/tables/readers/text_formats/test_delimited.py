"""Separated values: CSV, TSV and blank-separated tables, as spreadsheets and services write them."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest
from skybatch.sky.position import SkyPosition
from tests.support.tables.request_tables import parsed_request, parsed_rows, parsed_upload

EXPECTED = [
    {"number": 1, "bands": "jhk", "sky": [65.5, 19.25], "size": 50.0, "id": "first one"},
    {"number": 2, "bands": "jhk", "sky": [0.5, -9.0]},
]
SAME = {
    "CSV": "ra,dec,size,id\n65.5,19.25,50,first one\n0.5,-9,,\n",
    "CSV with quotes": '"ra","dec","size","id"\n"65.5","19.25","50","first one"\n"0.5","-9","",""\n',
    "CSV with blanks": "ra, dec, size, id\n65.5, 19.25, 50, first one\n 0.5, -9, ,\n",
    "CSV of a European spreadsheet": "ra;dec;size;id\n65.5;19.25;50;first one\n0.5;-9;;\n",
    "CSV with a comma too many": "ra,dec,size,id\n65.5,19.25,50,first one,\n0.5,-9,,,,\n",
    "CSV with comments": "# by hand\nra,dec,size,id\n# half\n65.5,19.25,50,first one\n\n0.5,-9,null,NULL\n",
    "TSV": "ra\tdec\tsize\tid\n65.5\t19.25\t50\tfirst one\n0.5\t-9\t\t\n",
    "TSV of VizieR": "#RESOURCE\n#\nra\tdec\tsize\tid\ndeg\tdeg\tarcsec\t\n---\t---\t---\t---\n"
    "65.5\t19.25\t50\tfirst one\n0.5\t-9\t\t\n",
    "blanks": 'ra dec  size id\n65.5 19.25   50 "first one"\n0.5    -9  null ""\n',
    "blanks under a ruler": "ra dec  size id\n---- ----- ---- ---\n"
    '65.5 19.25   50 "first one"\n0.5 -9 null null\n',
    "header in a comment": "# from my notebook\n# ra dec size id\n"
    '65.5 19.25 50 "first one"\n0.5 -9 null null\n',
}


@pytest.mark.parametrize("kind", SAME)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_same_table_written_in_different_styles_reads_the_same(kind: str, ends: str) -> None:
    assert parsed_rows("positions", SAME[kind].replace("\n", ends)) == EXPECTED


@pytest.mark.parametrize("kind", SAME)
def test_a_byte_order_mark_and_latin1_comments_do_not_matter(kind: str) -> None:
    content = b"\xef\xbb\xbf# K\xf6nigstuhl\n" + SAME[kind].encode()
    assert [row.position for row in parsed_upload("positions", content).rows] == [
        SkyPosition(65.5, 19.25),
        SkyPosition(0.5, -9.0),
    ]


@pytest.mark.parametrize(
    ("table", "line", "row", "words"),
    [
        ("ra,dec\n1,2\n3\n", 3, 2, "1 values for 2 columns"),
        ("ra,dec\n1,2\n\n3,4,5\n", 4, 2, "3 values for 2 columns"),
        ("ra dec id\n1 2 a\n1 2 two words\n", 3, 2, "4 values for 3 columns"),
        ('ra,dec,id\n1,2,"a\nb"\n1,2\n', 4, 2, "2 values for 3 columns"),
    ],
)
def test_a_row_of_another_length_is_refused_where_it_stands(
    table: str, line: int, row: int, words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words) as caught:
        parsed_request(mode="positions", table=table)
    assert [(e.line, e.row) for e in caught.value.errors] == [(line, row)]


def test_a_quoted_newline_counts_as_a_line() -> None:
    table = 'ra,dec,note\n1,2,"two\nlines"\n3,x,\n'
    with pytest.raises(InvalidRequest) as caught:
        parsed_request(mode="positions", table=table)
    assert [(e.line, e.row, e.column) for e in caught.value.errors] == [(4, 2, "dec")]


def test_a_list_of_names_needs_no_quotes() -> None:
    table = 'objname\nNGC 7479\n"M 31"\n00 42 44.3 -41 16 08\n'
    rows = parsed_request(mode="positions", table=table).rows
    assert [row.name for row in rows] == ["NGC 7479", "M 31", None]


def test_frames_of_columns() -> None:
    from astropy import units
    from astropy.coordinates import SkyCoord

    table = "ra,dec,csys,equinox\n12,-3,gal,\n10:00:00,5,equ,B1950\n1,2,ecl,2000\n"
    table += "1,2,,J2000\n1,2,,\n12,-3,GAL,null\n"
    references = [
        SkyCoord(12, -3, unit="deg", frame="galactic"),
        SkyCoord("10h 5d", frame="fk4", equinox="B1950"),
        SkyCoord(1, 2, unit="deg", frame="barycentricmeanecliptic", equinox="J2000"),
        SkyCoord(1, 2, unit="deg", frame="fk5", equinox="J2000"),
        SkyCoord(1, 2, unit="deg", frame="icrs"),
        SkyCoord(12, -3, unit="deg", frame="galactic"),
    ]
    for row, reference in zip(parsed_request(mode="positions", table=table).rows, references, strict=True):
        assert row.position is not None
        found = SkyCoord(row.position.ra, row.position.dec, unit="deg")
        assert found.separation(reference.icrs) < 1e-9 * units.deg


def test_a_frame_column_governs_strings_that_name_none() -> None:
    table = "locstr,csys\n12 -3,gal\n12 -3 icrs,gal\n"
    rows = parsed_request(mode="positions", table=table).rows
    assert rows[0].position == parsed_request(mode="region", center="12 -3 gal", diameter=1).rows[0].position
    assert rows[1].position == SkyPosition(12.0, -3.0)


@pytest.mark.parametrize(("csys", "equinox", "column"), [("polar", "", "csys"), ("equ", "soon", "equinox")])
def test_an_unknown_frame_is_an_invalid_cell(csys: str, equinox: str, column: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parsed_request(mode="positions", table=f"ra,dec,csys,equinox\n1,2,{csys},{equinox}\n")
    assert [(e.column, e.line) for e in caught.value.errors] == [(column, 2)]
