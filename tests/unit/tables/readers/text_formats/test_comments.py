"""Comments describe columns in the ways of ECSV, SExtractor and VizieR."""

from __future__ import annotations

import io

import pytest
from astropy.coordinates import SkyCoord
from astropy.table import QTable

from skybatch.errors import InvalidRequest
from skybatch.tables.readers.model import Column, Record
from skybatch.tables.readers.text_formats.comments import comment_text, read_comments
from tests.support.tables.table_reading import refusal, rows_in, selecting, table_of


def described(*lines: str) -> tuple[Column, ...]:
    return read_comments(lines).describe([Column("ra"), Column("dec")])


@pytest.mark.parametrize("flow", [True, False])
def test_ecsv_gives_units_and_types(flow: bool) -> None:
    columns = (
        "# - {name: ra, unit: rad, datatype: float64}"
        if flow
        else "# - name: ra\n#   unit: rad\n#   datatype: float64"
    )
    lines = f"# %ECSV 1.0\n# ---\n# datatype:\n{columns}".splitlines()
    assert described(*lines) == (Column("ra", "rad", datatype="float64"), Column("dec"))


def test_a_skycoord_that_astropy_writes_gives_units_and_frame() -> None:
    text = io.StringIO()
    QTable({"c": SkyCoord([1.5], [2.5], unit="deg", frame="fk5")}).write(text, format="ascii.ecsv")
    table = table_of(text.getvalue(), selecting("c.ra", "c.dec"))
    assert [column.unit for column in table.header.columns] == ["deg", "deg"]
    assert table.header.keywords["csys"] == "fk5"


def test_numbered_comments_name_the_columns_of_sextractor() -> None:
    catalog = "#   1 NUMBER   Running number\n#   2 ra   Right ascension (J2000)   [deg]\n"
    catalog += "#   3 MAG_APER  Magnitudes [mag]\n"
    catalog += "#   5 dec   Declination (J2000)   [deg]\n     1  10.5 18.1 18.2  -1.5\n"
    table = table_of(catalog)
    assert table.header.names == ("NUMBER", "ra", "MAG_APER", "column 4", "dec")
    assert [column.unit for column in table.header.columns] == [None, "deg", "mag", None, "deg"]
    assert rows_in(catalog) == [{"ra": "10.5", "dec": "-1.5"}]


def test_numbered_comments_count_even_where_no_column_is_wanted() -> None:
    catalog = "#   1 NUMBER   Running number\n#   2 X   Position   [pixel]\n 1 10.5\n"
    with pytest.raises(ValueError, match="unpack"):
        table_of(catalog)


def test_numbered_comments_that_leave_gaps_at_the_end_name_nothing() -> None:
    comments = read_comments(["# 1 a", "# 2 b", "# 9 c"])
    assert comments.declared_names(Record(["1", "2"], 4)) is None


def test_vizier_gives_ucds_and_the_frame() -> None:
    lines = [
        "#Column\tra\t(F10.6)\tRight ascension\t[ucd=pos.eq.ra;meta.main]",
        "#Coosys\tB1950:\teq_FK4 B1950",
    ]
    assert described(*lines)[0].ucd == "pos.eq.ra;meta.main"
    assert read_comments(lines).keywords == {"coosys": "eq_FK4 B1950"}


@pytest.mark.parametrize("line", ["# equinox = 'B1950'", "#\\EQUINOX= B1950", "# EQUINOX: B1950"])
def test_keywords_of_the_frame_are_kept(line: str) -> None:
    assert read_comments([line, "# object = M 83"]).keywords == {"equinox": "B1950"}


def test_files_of_daophot_are_refused_by_name() -> None:
    text = "#K IRAF       = NOAO/IRAFV2.10EXPORT    version    %-23s\n"
    text += "#N ID    XCENTER   YCENTER   MAG  \\\n1 2.0 3.0 4.0\n"
    assert "DAOPHOT" in refusal(text).detail


@pytest.mark.parametrize(
    "text", ["[" * 500, "Column a (" * 50, "text={" * 80, " " * 500, "- {" * 150, "1 A " + "[a" * 200]
)
def test_no_comment_takes_long(text: str) -> None:
    try:
        read_comments([f"#{text}"] * 2000)
    except InvalidRequest:
        pytest.fail("no comment of these is refused")


def test_the_text_of_a_comment_is_without_its_sign() -> None:
    assert [comment_text(line) for line in (" ## a b ", "a # b")] == ["a b", ""]
