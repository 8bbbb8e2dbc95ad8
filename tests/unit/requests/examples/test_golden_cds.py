"""Tables of VizieR, SIMBAD and the journals, each row as a careful reader would write it."""

from __future__ import annotations

import pytest

from tests.support.tables.golden_tables import Golden, Row, answer_of, assert_golden
from tests.support.tables.table_cases import M_B1950, M, T, field, votable

_DASHES = "-" * 80
MRT = f"""Title: A table of two sources
Authors: A. Person
Table: Positions
{"=" * 80}
Byte-by-byte Description of file: datafile1.txt
{_DASHES}
   Bytes Format Units  Label  Explanations
{_DASHES}
   1-  7 A7     ---    Name   Name of the source
   9- 10 I2     h      RAh    Hour of Right Ascension (J2000)
  12- 13 I2     min    RAm    Minute of Right Ascension (J2000)
  15- 19 F5.2   s      RAs    Second of Right Ascension (J2000)
      21 A1     ---    DE-    Sign of the Declination (J2000)
  22- 23 I2     deg    DEd    Degree of Declination (J2000)
  25- 26 I2     arcmin DEm    Arcminute of Declination (J2000)
  28- 31 F4.1   arcsec DEs    Arcsecond of Declination (J2000)
  33- 36 F4.1   mag    Vmag   ? Magnitude
{_DASHES}
Note (1): nothing.
{_DASHES}
HL Tau  04 21 59.43 +19 32 06.3 15.1
M 83    13 37 00.91 -29 51 55.4
"""

TABLES = {
    "VizieR TSV": Golden(
        """#
#   VizieR Astronomical Server vizier.cds.unistra.fr
#   Date: 2026-11-28T17:00:00 [V7.33]
#INFO   -ref=VIZ0
#RESOURCE=yCat_2246
#Name: II/246
#Title: 2MASS All-Sky Catalog of Point Sources (Cutri+ 2003)
#Coosys J2000:  eq_FK5 J2000
#Table  II_246_out:
#Name: II/246/out
#Column RAJ2000 (F10.6) (ra) Right ascension (J2000) [ucd=pos.eq.ra;meta.main]
#Column DEJ2000 (F10.6) (dec) Declination (J2000) [ucd=pos.eq.dec;meta.main]
#Column 2MASS   (a17)   (designation) Source designation [ucd=meta.id;meta.main]
#Column Jmag    (F6.3)  ? J magnitude [ucd=phot.mag;em.IR.J]
RAJ2000\tDEJ2000\t2MASS\tJmag
deg\tdeg\t\tmag
----------\t----------\t-----------------\t------
065.497627\t+19.535070\t04215943+1932062 \t10.621
204.253800\t-29.865400\t13370091-2951554 \t
""",
        [Row(T), Row(M)],
    ),
    "VizieR TSV of two tables": Golden(
        "#Table I_239_hip_main:\n_RAJ2000;_DEJ2000;HIP\ndeg;deg;\n--------------;--------------;------\n"
        "065.497627;+19.535070;20390\n\n\n"
        '#Table J_ApJS:\n_RAJ2000;_DEJ2000;Name\n"d:m:s";"d:m:s";\n----------;----------;----\n'
        "204.2538;-29.8654;M83\n",
        [Row(T), Row(M, "M83")],
        ["2 tables numbered on"],
    ),
    "VizieR VOTable, whose names are of the B1950 catalogue": Golden(
        votable(
            '<FIELD name="RAB1950" datatype="char" arraysize="11" unit="&quot;h:m:s&quot;" ucd="pos.eq.ra"/>'
            '<FIELD name="DEB1950" datatype="char" arraysize="11" unit="&quot;d:m:s&quot;"'
            ' ucd="pos.eq.dec"/>',
            ("13 34 11.68", "-29 36 39.0"),
            before='<COOSYS ID="B1950" system="eq_FK4" equinox="B1950"/>',
        ),
        [Row((204.2538, -29.86540), frame="fk4")],
    ),
    "VizieR VOTable with computed positions first": Golden(
        votable(
            field("_RAJ2000", 'unit="deg" ucd="pos.eq.ra" ref="J2000"')
            + field("_DEJ2000", 'unit="deg" ucd="pos.eq.dec" ref="J2000"')
            + field("e_RAJ2000", 'unit="arcsec" ucd="stat.error;pos.eq.ra"')
            + '<FIELD name="Name" datatype="char" arraysize="*" ucd="meta.id;meta.main"/>',
            (*M, 0.1, "M 83"),
            before='<COOSYS ID="J2000" system="eq_FK5" equinox="J2000"/>',
        ),
        [Row(M, "M 83", "fk5")],
    ),
    "SIMBAD list of a query by identifiers": Golden(
        "# |typed ident|coord1 (ICRS,J2000/2000)|coord2 (FK5,J2000/2000)|Mag V|typ\n"
        "--|-----------|------------------------|-----------------------|-----|---\n"
        "1 |hl tau     |04 21 59.43 +19 32 06.3 |04 21 59.43 +19 32 06.3|15.1 |Or*\n"
        "2 |m83        |13 37 00.91 -29 51 55.4 |13 37 00.91 -29 51 55.4|8.2  |GiC\n",
        [Row(T, "hl tau"), Row(M, "m83")],
    ),
    "SIMBAD around a position": Golden(
        "C.D.S.  -  SIMBAD4 rel 1.8  -  2026.11.28CET17:00:00\n\n"
        "coord 13 37 00 -29 51 55 (ICRS, J2000, 2000.0), radius: 1 arcmin\n"
        "-----------------------------------------------\n\nNumber of objects : 1\n\n"
        "#|dist(asec)|identifier |typ|coord1 (ICRS,J2000/2000)|Mag V\n"
        "-|----------|-----------|---|------------------------|-----\n"
        "1|      1.10|M  83      |GiC|13 37 00.91 -29 51 55.4 |8.2\n"
        "2|      9.10|HL Tau     |Or*|04 21 59.43 +19 32 06.3 |15.1\n"
        "================================================================\n\n",
        [Row(M, "M  83"), Row(T, "HL Tau")],
    ),
    "SIMBAD VOTable": Golden(
        votable(
            '<FIELD name="MAIN_ID" datatype="char" arraysize="*" ucd="meta.id;meta.main"/>'
            '<FIELD name="RA" datatype="char" arraysize="13" unit="&quot;h:m:s&quot;"'
            ' ucd="pos.eq.ra;meta.main"/>'
            '<FIELD name="DEC" datatype="char" arraysize="13" unit="&quot;d:m:s&quot;"'
            ' ucd="pos.eq.dec;meta.main"/>' + field("PMRA", 'unit="mas.yr-1" ucd="pos.pm;pos.eq.ra"'),
            ("V* HL Tau", "04 21 59.4305", "+19 32 06.252", 10.1),
            ("M  83", "13 37 00.912", "-29 51 55.44", ""),
            before='<COOSYS ID="COOSYS" system="ICRS" epoch="2000"/>',
        ),
        [Row(T, "V* HL Tau"), Row(M, "M  83")],
        ["proper motion"],
    ),
    "SIMBAD TAP": Golden(
        'main_id,ra,dec,otype_txt\n"V* HL Tau",65.497627,19.53507,Or*\n"M  83",204.2538,-29.8654,GiC\n',
        [Row(T, "V* HL Tau"), Row(M, "M  83")],
    ),
    "machine-readable table of a journal": Golden(MRT, [Row(T, "HL Tau"), Row(M, "M 83")]),
    "catalogue with B1950 in the names": Golden(
        f"Name,RA(B1950),Dec(B1950)\nM 83,{M_B1950[0]},{M_B1950[1]}\n",
        [Row(M, "M 83", "fk4")],
    ),
    "AladinTSV": Golden(
        "_RAJ2000_M\t_DEJ2000_M\tRA_ICRS\tDE_ICRS\tSource\tGmag\n----------\t----------\t---\t---\t---\t---\n"
        "065.497627\t+19.535070\t65.497627\t19.53507\t123\t15.2\n",
        [Row(T)],
        ["not used"],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_catalogue_is_right(name: str) -> None:
    assert_golden(TABLES[name])


def test_a_file_of_daophot_is_refused_by_its_name() -> None:
    problem = answer_of(
        "#K IRAF       = NOAO/IRAFV2.16\n#N ID    XCENTER   YCENTER   MAG         MERR\n"
        "#U ##    pixels    pixels"
        "    magnitudes  magnitudes\n#F %-9d  %-10.3f   %-10.3f   %-12.3f     %-14.3f\n"
        "1        512.120   300.210   15.123      0.011\n2        100.2     200.5     16.2        0.02\n",
        status=422,
    )
    assert "DAOPHOT" in problem["detail"]
