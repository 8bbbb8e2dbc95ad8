"""What programs write and astronomers type, each row as a careful reader would write it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.support.tables.golden_tables import Golden, Row, assert_golden
from tests.support.tables.table_cases import (
    M_B1950,
    T_GALACTIC,
    T_HOURS,
    T_RADIANS,
    M,
    T,
    field,
    fits_table,
    votable,
)


def _astropy(form: str, **arguments: Any) -> bytes:
    """A table of astropy with units and a masked magnitude, in one of its formats."""
    from astropy.table import MaskedColumn, Table

    table = Table()
    table["name"] = ["HL Tau", "M 83"]
    table["ra"] = [T[0], M[0]]
    table["dec"] = [T[1], M[1]]
    table["mag"] = MaskedColumn([15.1, 8.2], mask=[True, False])
    table["ra"].unit = table["dec"].unit = "deg"
    if form in ("votable", "fits"):
        written = io.BytesIO()
        table.write(written, format=form)
        return written.getvalue()
    text = io.StringIO()
    table.write(text, format=form, **arguments)
    return text.getvalue().encode()


BOTH = [Row(T, "HL Tau"), Row(M, "M 83")]
TABLES = {
    **{
        f"astropy {form}": Golden(_astropy(form), BOTH)
        for form in (
            "ascii.ecsv",
            "ascii.csv",
            "ascii.ipac",
            "ascii.basic",
            "ascii.fixed_width",
            "votable",
            "fits",
        )
    },
    "astropy ascii.cds": Golden(_astropy("ascii.mrt"), BOTH),
    "TOPCAT ascii": Golden(
        '# name     RA_deg      DEC_deg    mag\n  "HL Tau" 65.497627   19.53507   ""\n'
        '  "M 83"   204.2538    -29.8654   8.2\n',
        BOTH,
    ),
    "TOPCAT CSV of a crossmatch": Golden(
        "name_1,ra_1,dec_1,ra_2,dec_2,Separation\nHL Tau,65.497627,19.53507,65.4976,19.535,0.1\n",
        [Row(T)],
        ["ra_2 dec_2 not used"],
    ),
    "TOPCAT VOTable in radians": Golden(
        votable(field("RA", 'unit="rad"') + field("DEC", 'unit="rad"'), T_RADIANS), [Row(T)]
    ),
    "TOPCAT FITS in hours and degrees": Golden(
        fits_table({"RA": (T_HOURS[0],), "DEC": (T_HOURS[1],)}, TUNIT1="h", TUNIT2="deg"), [Row(T)]
    ),
    "SExtractor": Golden(
        """#   1 NUMBER                 Running object number
#   2 MAG_AUTO               Kron-like elliptical aperture magnitude                    [mag]
#   3 X_IMAGE                Object position along x                                    [pixel]
#   4 Y_IMAGE                Object position along y                                    [pixel]
#   5 ALPHA_J2000            Right ascension of barycenter (J2000)                      [deg]
#   6 DELTA_J2000            Declination of barycenter (J2000)                          [deg]
         1    15.123   512.12   300.21  65.497627  +19.53507
         2    16.123   100.12   200.21  204.2538   -29.8654
""",
        [Row(T), Row(M)],
    ),
    "SExtractor FITS_LDAC-like columns": Golden(
        fits_table({"NUMBER": (1.0,), "ALPHAWIN_J2000": (T[0],), "DELTAWIN_J2000": (T[1],)}), [Row(T)]
    ),
    "ds9 in degrees and sexagesimal": Golden(
        "# Region file format: DS9 version 4.1\nglobal color=green dashlist=8 3\nfk5\n"
        'circle(4:21:59.430,+19:32:06.25,10.000") # text={HL Tau}\nellipse(204.2538,-29.8654,10",5",30)\n',
        [Row(T, "HL Tau", "fk5"), Row(M, frame="fk5")],
    ),
    "ds9 with a system a line": Golden(
        f'icrs;point(65.497627,19.53507) # point=cross\ngalactic;circle({T_GALACTIC[0]},{T_GALACTIC[1]},5")\n'
        f"fk4;point({M_B1950[0]},{M_B1950[1]})\n",
        [Row(T), Row(T, frame="gal"), Row(M, frame="fk4")],
    ),
    "AAVSO list": Golden(
        "AUID\tName\tRA (J2000)\tDec (J2000)\tVar. Type\tMax\n"
        "000-BBB-123\tHL Tau\t04 21 59.43\t+19 32 06.3\tINS\t13.5\n"
        "000-BBB-124\tM 83\t13 37 00.91\t-29 51 55.4\t\t8.2\n",
        [Row(T, "HL Tau", "fk5"), Row(M, "M 83", "fk5")],
    ),
    "Stellarium list": Golden(
        "Name\tRA (J2000)\tDec (J2000)\tMagnitude\nHL Tau\t4h21m59.43s\t+19°32'06.3\"\t15.1\n"
        "M 83\t13h37m00.91s\t-29°51'55.4\"\t8.2\n",
        [Row(T, "HL Tau", "fk5"), Row(M, "M 83", "fk5")],
    ),
    "Celestia-like list": Golden(
        "# RA(deg) Dec(deg) Name\n65.497627 19.53507 HL_Tau\n204.2538 -29.8654 M83\n",
        [Row(T, "HL_Tau"), Row(M, "M83")],
    ),
    "positions alone, as pasted": Golden(
        "65.497627 19.53507\n204.2538 -29.8654\n", [Row(T), Row(M)], ["no line names"]
    ),
    "names alone, as pasted": Golden(
        "HL Tau\nM 83\n1H 0323+342\n", [Row("HL Tau"), Row("M 83"), Row("1H 0323+342")]
    ),
    "finding chart list with a header of words": Golden(
        "name ra dec\nHLTau 04:21:59.43 +19:32:06.3\nM83 13:37:00.91 -29:51:55.4\n",
        [Row(T, "HLTau"), Row(M, "M83")],
    ),
    "list with bars of a wiki": Golden(
        "| Name | RA | Dec |\n|------|----|-----|\n| HL Tau | 65.497627 | 19.53507 |\n"
        "| M 83 | 204.2538 | -29.8654 |\n",
        BOTH,
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_program_is_right(name: str) -> None:
    assert_golden(TABLES[name])
