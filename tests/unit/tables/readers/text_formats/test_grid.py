"""Names, units, rulers, several tables: no row of a grid is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tables.table_reading import refusal, rows_in, rows_of, selecting, table_of, upload_of

FIRST, SECOND = {"ra": "1", "dec": "2"}, {"ra": "3", "dec": "4"}


@pytest.mark.parametrize(
    "below",
    [
        "",
        "deg,deg\n",
        "double,double\n",
        "---,---\n",
        "deg,deg\n------,------\n",
        "double,double\ndeg,deg\n",
        '"deg","deg"\n',
        ",deg\n",
        "anything,here\n---,---\n",
    ],
)
def test_rows_of_units_types_and_rulers_are_no_data(below: str) -> None:
    assert rows_in(f"ra,dec\n{below}1,2\n3,4\n") == [FIRST, SECOND]


def test_a_row_of_units_gives_the_columns_their_units() -> None:
    columns = table_of("ra,dec,name\nhour,deg,\n1,2,a\n").header.columns
    assert [column.unit for column in columns] == ["hour", "deg", None]


@pytest.mark.parametrize("row", ["--,--", "null,null", "nan,nan", "N/A,--", "none,none"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_of_missing_values_is_a_row(row: str, place: int) -> None:
    rows = ["1,2", "3,4"]
    rows.insert(place, row)
    expected = [FIRST, SECOND]
    expected.insert(place, {"ra": None, "dec": None})  # type: ignore[dict-item]
    assert rows_in("ra,dec\n" + "\n".join(rows)) == expected


def test_a_row_of_dashes_among_the_data_is_a_row() -> None:
    assert rows_in("ra,dec\n1,2\n---,---\n3,4\n") == [FIRST, {"ra": None, "dec": None}, SECOND]


@pytest.mark.parametrize("name", ["M 31", "M31", "h", "char", "S 5 0014+81", "a"])
def test_a_name_is_never_taken_for_a_unit_in_a_list(name: str) -> None:
    assert rows_in(f"name\n{name}\nNGC 1\n") == [{"name": name}, {"name": "NGC 1"}]


def test_column_names_that_are_repeated_are_left_out_and_named() -> None:
    upload = upload_of("ra,dec\n1,2\nRA,Dec\n3,4\nra,dec\n")
    assert [rows_of(table) for table in upload.tables] == [[FIRST, SECOND]]
    assert "3, 5" in upload.notices[0]


def test_another_header_behind_a_gap_begins_another_table() -> None:
    content = "#first\nra\tdec\ndeg\tdeg\n---\t---\n1\t2\n\n"
    content += "#second\nname\tra\tdec\n\tdeg\tdeg\n---\t---\t---\nx\t3\t4\n"
    upload = upload_of(content)
    assert [rows_of(table) for table in upload.tables] == [[FIRST], [{"name": "x", **SECOND}]]
    assert [list(table.lines) for table in upload.tables] == [[5], [11]]


def test_a_table_in_which_nothing_is_wanted_is_passed_over() -> None:
    upload = upload_of("ra,dec\n1,2\n\nfilter,flux\n----,----\nJ,3\nH,4\n")
    assert [rows_of(table) for table in upload.tables] == [[FIRST], []]


def test_lines_above_the_names_are_left_out_and_named() -> None:
    upload = upload_of("My targets,\nof May,\nra,dec\n1,2\n")
    assert rows_of(upload.tables[0]) == [FIRST]
    assert "lines 1 to 2" in upload.notices[0]


def test_a_list_of_simbad_has_its_names_behind_a_sign_and_above_a_ruler() -> None:
    content = "C.D.S. - SIMBAD4\n\nNumber of objects : 2\n\n#| name |typ| ra\n-|------|---|----\n"
    content += "1|M  83 |GiG|204.2\n2|M  31 |GiG|10.68\n"
    assert rows_in(content) == [{"name": "M  83", "ra": "204.2"}, {"name": "M  31", "ra": "10.68"}]


def test_rows_of_another_length_are_all_named() -> None:
    errors = refusal("ra,dec\n1\n1,2\n1,2,3\n").errors
    assert [(error.line, error.row) for error in errors] == [(2, 1), (4, 3)]


def test_blank_cells_past_the_last_column_are_let_go() -> None:
    assert rows_in("ra,dec\n1,2,,\n3,4,  \n") == [FIRST, SECOND]


@pytest.mark.parametrize("content", ["ra2,de2,x\n1,a,2\n", "a 1 2\nb 3 4\n"])
def test_data_without_names_of_columns_are_not_guessed_at(content: str) -> None:
    if content.startswith("ra2"):
        assert not any(map(len, upload_of(content).tables))
    else:
        assert "name the columns" in refusal(content).detail


CELL = st.text(
    st.characters(codec="ascii", exclude_characters='#,"\n\r\0', exclude_categories=["Cc"]), max_size=6
)


@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_every_line_of_two_cells_is_a_row_a_header_or_named(rows: list[tuple[str, str]]) -> None:
    body = [f"7,{first},{second}" for first, second in rows]
    content = "ra,dec,note\n" + "\n".join(body) + "\n"
    found = rows_in(content, selecting("ra", "note"))
    assert len(found) == len(rows)
    assert all(row["ra"] == "7" for row in found)
