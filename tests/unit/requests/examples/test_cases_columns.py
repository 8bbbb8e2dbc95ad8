"""Columns that people have: which are positions, which are names, and what wins."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest
from skybatch.requests.model import Mode, RowDefaults
from skybatch.requests.table_rows import read_rows
from skybatch.tables.readers.model import Bounds
from tests.support.tables.table_cases import (
    T_GALACTIC,
    T_HOURS,
    M,
    T,
    assert_at,
    field,
    points,
    read,
    refused,
    told,
    votable,
)


@pytest.mark.parametrize(
    "table",
    [
        "name,RA_deg,Dec_deg\nM 83,65.497627,19.53507\n",
        (
            "\\EQUINOX = 'J2000.0'\n"
            "|  name  |  glon     |  glat     | radius |\n"
            "   M83      176.229743  -20.886863      10\n"
        ),
        "Name,Right Ascension,Declination\nM 83,65.497627,19.53507\n",
        "name\tRA (J2000)\tDec (J2000)\nM 83\t04:21:59.430\t+19:32:06.25\n",
        "name,ra_hms,dec_dms\nM 83,04:21:59.430,+19:32:06.25\n",
        "name,l,b\nM 83,176.229743,-20.886863\n",
        "name,coords\nM 83,04:21:59.430 +19:32:06.25\n",
        "object,RAh,RAm,RAs,DE-,DEd,DEm,DEs\nM 83,04,21,59.430,+,19,32,06.25\n",
    ],
)
def test_given_coordinates_win_over_a_name_which_is_the_id(table: str) -> None:
    request = assert_at(table, T)
    assert request.rows[0].name is None
    assert request.rows[0].id in ("M 83", "M83")
    assert told(request, "names", "ids")


def test_a_given_id_is_kept_beside_a_name() -> None:
    assert assert_at("id,name,ra,dec\na7,M 83,65.497627,19.53507\n", T).rows[0].id == "a7"


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ("name,X_WORLD,Y_WORLD", "X_WORLD, Y_WORLD"),
        ("name,lon,lat", "lon, lat"),
        ("name,RA", "RA"),
        ("ra,dec,raj2000,dej2000,l,b", "raj2000, dej2000, l, b"),
    ],
)
def test_a_column_that_looks_like_a_coordinate_and_is_not_used_is_named(columns: str, named: str) -> None:
    count = columns.count(",")
    first = "M 83" if columns.startswith("name") else "65.497627"
    rest = "1" if first == "M 83" else "19.53507"
    request = read(f"{columns}\n{first},{rest}{',1' * (count - 1)}\n")
    assert told(request, named, "not used")


@pytest.mark.parametrize(
    "columns", ["dRA,dDec", "ra_error,dec_error", "e_RAJ2000,e_DEJ2000", "pmRA,pmDE", "sigra,sigdec"]
)
def test_errors_motions_and_offsets_are_no_positions(columns: str) -> None:
    assert points(read(f"name,{columns}\nM 83,1,2\n").rows) == ["M 83"]


def test_proper_motions_and_epochs_are_said_not_to_be_applied() -> None:
    table = "ra,dec,pmra,pmdec,ref_epoch,epoch\n65.497627,19.53507,5000,5000,2015.5,1950\n"
    assert told(assert_at(table, T), "Proper motion", "pmra")


USUAL = [
    *("ra,dec", "RA,DEC", "RAdeg,DEdeg", "ra_deg,dec_deg", "coord_ra,coord_dec", "TARGET_RA,TARGET_DEC"),
    *("ra_1,dec_1", "RA (deg),Dec (deg)", "RAJ2000,DEJ2000", "_RAJ2000,_DEJ2000", "ra_j2000,dec_j2000"),
    *("RA_ICRS,DE_ICRS", "ALPHA_J2000,DELTA_J2000", "ALPHAWIN_J2000,DELTAWIN_J2000", "s_ra,s_dec"),
    *("raMean,decMean", "objra,objdec", "RIGHT_ASCENSION,DECLINATION", "Ra,Decl", "R.A.,Decl.", "α,δ"),
    *("ra_x,dec_x", "plug_ra,plug_dec", "RA_OBJ,DEC_OBJ", "RA/deg,Dec/deg", "RA_T,DEC_J", "alpha,delta"),
]


@pytest.mark.parametrize("names", USUAL)
def test_usual_names_of_the_two_columns_are_read(names: str) -> None:
    assert_at(f"{names}\n65.497627,19.53507\n", T)
    assert_at(f"n,{names},mag\n7,65.497627,19.53507,9\n", T)
    assert_at(f"{names.replace(',', chr(9))}\n65.497627\t19.53507\n", T)


def test_what_wins_is_ra_and_dec_then_the_main_ucd_then_the_usual_names() -> None:
    assert_at("RAJ2000,DEJ2000,Ra,Dec\n1,2,65.497627,19.53507\n", T)
    assert_at("RA,DEC,ra,dec\n1,2,65.497627,19.53507\n", T)
    ucds = field("x", 'ucd="pos.eq.ra;meta.main"') + field("y", 'ucd="pos.eq.dec;meta.main"')
    others = field("RAJ2000") + field("DEJ2000", 'ucd="pos.eq.dec"')
    assert_at(votable(others + ucds, (1, 2, *T)), T)
    assert_at(votable(field("ra") + field("dec") + ucds, (*T, 1, 2)), T)
    old = field("x", 'ucd="POS_EQ_RA_MAIN"') + field("y", 'ucd="POS_EQ_DEC_MAIN"')
    assert_at(votable(others + old, (1, 2, *T)), T)
    assert_at("glon,glat,RAdeg,DEdeg\n1,2,65.497627,19.53507\n", T)


def test_galactic_columns_are_positions_where_nothing_else_is() -> None:
    for names in ("glon,glat", "GLON,GLAT", "l,b"):
        assert_at(f"{names}\n{T_GALACTIC[0]},{T_GALACTIC[1]}\n", T)
    ucds = field("c1", 'ucd="pos.galactic.lon;meta.main"') + field("c2", 'ucd="pos.galactic.lat;meta.main"')
    assert_at(votable(ucds, T_GALACTIC), T)
    assert points(read("name,B,L\nM 83,9.1,3\n").rows) == ["M 83"]


def test_where_no_names_fit_the_error_lists_those_that_do() -> None:
    (error,) = refused("foo,bar\n1,2\n")
    for name in ("foo, bar", "ra and dec", "raj2000 and dej2000", "glon and glat", "objname"):
        assert name in error.rule


@pytest.mark.parametrize(
    "table",
    [
        votable(field("ra") + field("dec"), ("", ""), T),
        "ra,dec\nnan,nan\n65.497627,19.53507\n",
        "ra dec\n-- --\n65.497627 19.53507\n",
        (
            "|ra        |dec     |\n"
            "|double    |double  |\n"
            "|deg       |deg     |\n"
            "|null      |null    |\n"
            " null       null\n"
            " 65.497627  19.53507\n"
        ),
    ],
)
def test_every_row_without_a_position_is_named(table: str) -> None:
    assert [(error.row, error.value) for error in refused(table)] == [(1, "")]


def test_another_pair_fills_rows_that_have_none_and_a_notice_says_so() -> None:
    request = assert_at("ra,dec,raj2000,dej2000\n,,65.497627,19.53507\n204.2538,-29.8654,1,2\n", T, M)
    assert told(request, "raj2000 and dej2000", "1 row")
    hours = f"ra,dec,ra_h,dec_d\n,,{T_HOURS[0]},{T_HOURS[1]}\n204.2538,-29.8654,1,2\n"
    assert_at(hours, T, M)


def test_the_survey_s_own_columns_are_read() -> None:
    (row,) = assert_at("id,ra,dec\n04215943+1932062,65.497627,19.53507\n", T).rows
    assert (row.id, row.given_id) == ("04215943+193206", "04215943+1932062")
    for name in ("04215943+1932062", "J04215943+1932062", "04215943−1932062".replace("−", "+")):
        for column in ("name", "designation", "_2MASS"):
            assert_at(f"{column}\n{name}\n", T)
    gator = (
        "\\fixlen = T\n\\EQUINOX = 'J2000'\n\\ ra (deg)\n"
        "|        ra|       dec|        clon|        clat|      designation|coadd_key|\n"
        "|    double|    double|        char|        char|             char|      int|\n"
        "|       deg|       deg|            |            |                 |         |\n"
        "|      null|      null|        null|        null|             null|     null|\n"
        "  65.497627  19.535070 04h21m59.43s 19d32m06.25s  04215943+1932062   1342191\n"
    )
    assert assert_at(gator, T).rows[0].given_id == "04215943+1932062"


def test_scan_lists_may_be_written_as_the_survey_s_tables_write_them() -> None:
    for header, line in (
        ("date,hemis,scan,coadd,band", "1997-10-31,n,96,197,J"),
        ("ordate,hemisphere,scanno,coaddno,filter", "971031,North,96,197,j"),
        ("xdate,hem,scan,image,band", "1997-10-31T02:03:04,n,96,197,J"),
    ):
        (row,) = read(f"{header}\n{line}\n", "scans").rows
        assert (row.date, row.hem, row.scan, row.image, row.bands) == ("971031", "n", 96, 197, ("j",))
    assert [e.column for e in refused("date,hem,scan\n1997-13-31,n,96\n", "scans")] == ["date"]


def test_parts_of_a_column_of_coordinates_are_a_pair_in_its_frame() -> None:
    header = (
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: c.l, unit: deg, datatype: float64}\n"
        "# - {name: c.b, unit: deg, datatype: float64}\n# - {name: n, datatype: int64}\n"
        "# meta: !!omap\n# - __serialized_columns__:\n#     c:\n"
        "#       __class__: astropy.coordinates.sky_coordinate.SkyCoord\n#       frame: galactic\n"
        "# schema: astropy-2.0\n"
    )
    rows = read_rows(
        (header + "c.l c.b n\n314.58363588 31.97305857 1\n").encode(),
        Mode.POSITIONS,
        RowDefaults(("j",)),
        Bounds(100, 100, 1_000_000),
    )
    (row,) = rows.rows
    assert row.position is not None
    assert row.position.ra == pytest.approx(204.2538, abs=1e-6)
    assert row.position.dec == pytest.approx(-29.8654, abs=1e-6)


def test_names_of_columns_above_numbers_are_no_object_names() -> None:
    with pytest.raises(InvalidRequest, match="x, y"):
        read_rows(b"x y\n1 2\n", Mode.POSITIONS, RowDefaults(("j",)), Bounds(100, 100, 1_000_000))
