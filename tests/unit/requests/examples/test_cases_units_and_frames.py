"""Units and frames that files say, and those they leave unsaid."""

from __future__ import annotations

import pytest

from tests.support.tables.table_cases import (
    M_B1950,
    T_GALACTIC,
    T_HOURS,
    T_RADIANS,
    M,
    T,
    assert_at,
    field,
    fits_table,
    read,
    refused,
    told,
    votable,
)

PAIR = field("ra", 'ref="a"') + field("dec", 'ref="a"')
RADIANS, HOURS = "{!r},{!r}".format(*T_RADIANS), "{!r},{!r}".format(*T_HOURS)
ECSV = (
    "# %ECSV 1.0\n# ---\n# datatype:\n# - {{name: ra, unit: {0}, datatype: float64}}\n"
    "# - {{name: dec, unit: {1}, datatype: float64}}\nra,dec\n"
)


@pytest.mark.parametrize(
    "table",
    [
        votable(field("ra", 'unit="rad"') + field("dec", 'unit="rad"'), T_RADIANS),
        f"ra,dec\nrad,rad\n{RADIANS}\n",
        f"ra [rad],dec [rad]\n{RADIANS}\n",
        f"ra_rad,dec_rad\n{RADIANS}\n",
        f"rarad,decrad\n{RADIANS}\n",
        ECSV.format("rad", "rad") + RADIANS + "\n",
        fits_table({"ra": T_RADIANS[:1], "dec": T_RADIANS[1:]}, TUNIT1="rad", TUNIT2="rad"),
    ],
    ids=["VOTable", "units row", "brackets", "names", "joined names", "ECSV", "FITS"],
)
def test_radians_are_radians_where_the_file_says_so(table: str | bytes) -> None:
    assert_at(table, T)


@pytest.mark.parametrize(
    "table",
    [
        (
            "|        ra|     dec|\n"
            "|    double|  double|\n"
            "|         h|     deg|\n"
            "|      null|    null|\n"
            " 4.36650847 19.53507 \n"
        ),
        f"RA (hours),Dec (deg)\n{HOURS}\n",
        f"ra_hours,dec_deg\n{HOURS}\n",
        f"ra_h,dec_d\n{HOURS}\n",
        votable(field("ra", 'unit="h"') + field("dec", 'unit="deg"'), T_HOURS),
        ECSV.format("hourangle", "deg") + HOURS + "\n",
        fits_table({"ra": T_HOURS[:1], "dec": T_HOURS[1:]}, TUNIT1="h", TUNIT2="deg"),
        'ra,dec\n"h:m:s","d:m:s"\n04:21:59.4305,+19:32:06.252\n',
    ],
    ids=["IPAC", "brackets", "names", "short names", "VOTable", "ECSV", "FITS", "h:m:s"],
)
def test_hours_are_hours_where_the_file_says_so(table: str | bytes) -> None:
    assert_at(table, T)


def test_other_units_of_angles_count_too() -> None:
    arcsec = (T[0] * 3600, T[1] * 3600)
    assert_at(votable(field("ra", 'unit="arcsec"') + field("dec", 'unit="arcsec"'), arcsec), T)
    assert_at(f"ra (mas),dec (deg)\n{T[0] * 3.6e6!r},{T[1]!r}\n", T)
    assert_at("ra,dec\nd:m:s,d:m:s\n65:29:51.4572,+19:32:06.252\n", T)


@pytest.mark.parametrize("unit", ["pix", "furlong", "km"])
def test_an_unknown_unit_is_refused_by_name(unit: str) -> None:
    for table in (
        f"ra ({unit}),dec ({unit})\n1,2\n",
        votable(field("ra", f'unit="{unit}"') + field("dec", f'unit="{unit}"'), (1, 2)),
        fits_table({"ra": (1.0,), "dec": (2.0,)}, TUNIT1=unit, TUNIT2=unit),
    ):
        (error,) = refused(table)
        assert unit in error.rule


@pytest.mark.parametrize(
    ("table", "size"),
    [
        (
            (
                "|objname|ra        |dec       |csys|equinox|size  |\n"
                "|char   |double   |double    |char|char   |double|\n"
                "|       |deg       |deg       |    |       |arcmin|\n"
                "|null   |null      |null      |null|null   |null  |\n"
                " M83     204.2538   -29.8654   equ  j2000   5.0   \n"
            ),
            300.0,
        ),
        ("ra,dec,size (arcmin)\n204.2538,-29.8654,5\n", 300.0),
        ("ra,dec,size\ndeg,deg,deg\n204.2538,-29.8654,0.25\n", 900.0),
        (votable(field("ra") + field("dec") + field("size", 'unit="deg"'), (*M, 0.25)), 900.0),
        ("ra,dec,size\n204.2538,-29.8654,50\n", 50.0),
        ("ra,dec,size (arcmin)\n204.2538,-29.8654,0\n", None),
    ],
)
def test_sizes_are_in_the_unit_that_the_file_says(table: str, size: float | None) -> None:
    assert assert_at(table, M).rows[0].size == (None if size is None else pytest.approx(size))


@pytest.mark.parametrize(
    "table",
    [
        (
            "|    ra|    dec| naxis1| naxis2|    size| hdu| fname  |\n"
            "|double| double|    int|    int|     int| int| char   |\n"
            " 204.2538 -29.8654  512    1024  2111040   0  a.fits\n"
        ),
        "url,ra,dec,size\nhttp://x.org/a.fits,204.2538,-29.8654,5760\n",
        "ra,dec,size (byte)\n204.2538,-29.8654,50\n",
        "ra,dec,size (kpc)\n204.2538,-29.8654,50\n",
        "ra,dec,size\n204.2538,-29.8654,2111040\n",
    ],
)
def test_a_size_that_is_none_of_a_crop_is_ignored_and_named(table: str) -> None:
    request = assert_at(table, M)
    assert request.rows[0].size is None
    assert told(request, "size", "ignored")


B1950 = "{!r},{!r}".format(*M_B1950)


@pytest.mark.parametrize(
    "table",
    [
        f"ra,dec,equinox\n{B1950},B1950\n",
        f"ra,dec,equinox\n{B1950},1950\n",
        f"ra,dec,csys\n{B1950},FK4\n",
        f"RAB1950,DEB1950\n{B1950}\n",
        f"RA (B1950),Dec (B1950)\n{B1950}\n",
        f"# equinox = B1950\nra,dec\n{B1950}\n",
        (
            "\\EQUINOX = 'B1950.0'\n"
            "|ra           |dec          |\n"
            "|double       |double       |\n"
            " 203.54867800  -29.61082991 \n"
        ),
        "\\RADESYS = 'FK4'\n|ra           |dec          |\n 203.54867800  -29.61082991 \n",
        votable(
            field("RA", 'ref="a"') + field("DEC", 'ref="a"'),
            M_B1950,
            before='<COOSYS ID="a" equinox="B1950" system="eq_FK4"/>',
        ),
        votable(
            '<GROUP utype="stc:CatalogEntryLocation"><PARAM name="f" datatype="char" arraysize="*"'
            ' utype="stc:AstroCoordSystem.SpaceFrame.CoordRefFrame" value="FK4"/></GROUP>'
            + field("ra")
            + field("dec"),
            M_B1950,
        ),
        fits_table({"ra": M_B1950[:1], "dec": M_B1950[1:]}, RADESYS="FK4", EQUINOX=1950.0),
        fits_table({"ra": M_B1950[:1], "dec": M_B1950[1:]}, EQUINOX=1950.0),
    ],
)
def test_a_frame_that_the_file_says_is_used(table: str | bytes) -> None:
    assert_at(table, M)


def test_columns_of_a_row_win_over_the_file_and_a_name_over_the_table() -> None:
    ipac = "\\EQUINOX = 'B1950.0'\n|{0:13}|{1:13}|csys |\n {2:<13} {3:<13} {4}\n"
    assert_at(ipac.format("ra", "dec", *M, "icrs"), M)
    assert_at(ipac.format("RAJ2000", "DEJ2000", *M, ""), M)
    assert_at(ipac.format("glon", "glat", *T_GALACTIC, ""), T)


@pytest.mark.parametrize(
    "table",
    [
        "ra,dec,epoch\n204.2538,-29.8654,1950\n",
        "ra,dec,ref_epoch\n204.2538,-29.8654,2015.5\n",
        votable(
            PAIR,
            M,
            before='<COOSYS ID="a" system="ICRS" epoch="J2015.5"/>',
        ),
        fits_table({"ra": M[:1], "dec": M[1:]}, EPOCH=1950.0, RADESYS="ICRS"),
    ],
)
def test_a_time_of_observation_is_no_equinox(table: str | bytes) -> None:
    (row,) = read(table).rows
    assert row.position is not None
    assert (row.position.ra, row.position.dec) == M


@pytest.mark.parametrize(
    "table",
    [
        "ra,dec,csys\n1,2,martian\n",
        "\\RADESYS = 'martian'\n|ra  |dec |\n 1    2\n",
        votable(
            PAIR,
            (1, 2),
            before='<COOSYS ID="a" system="martian"/>',
        ),
        fits_table({"ra": (1.0,), "dec": (2.0,)}, RADESYS="martian"),
    ],
)
def test_an_unknown_frame_is_refused_by_name(table: str | bytes) -> None:
    (error,) = refused(table)
    assert "martian" in error.rule + error.value


def test_decimal_hours_that_nothing_says_are_degrees_with_a_notice() -> None:
    hyg = "id,proper,ra,dec\n1,Star A,13.61692,-29.8654\n2,Star B,4.36650847,19.53507\n"
    assert told(assert_at(hyg, (13.61692, -29.8654), T_HOURS), "ra", "0 and 24", "degrees")
    for unsuspicious in (
        "ra,dec\n13.6,-29.8\n65.4,19.5\n",
        "ra,dec\n13.6,-29.8\n",
        "ra (deg),dec (deg)\n13.6,-29.8\n4.3,19.5\n",
        "ra,dec\n13:36:00,-29.8\n04:18:00,19.5\n",
        "glon,glat\n13.6,-29.8\n4.3,19.5\n",
    ):
        assert not told(read(unsuspicious), "0 and 24")
