"""Downloads of archives, each row as a careful reader would write it."""

from __future__ import annotations

import base64
import struct

import pytest

from tests.support.tables.golden_tables import Golden, Row, assert_golden
from tests.support.tables.table_cases import T_GALACTIC, M, T

_GAIA_FIELDS = """<FIELD name="source_id" datatype="long" ucd="meta.id;meta.main"/>
<FIELD name="ra" datatype="double" unit="deg" ucd="pos.eq.ra;meta.main" ref="S"/>
<FIELD name="ra_error" datatype="float" unit="mas" ucd="stat.error;pos.eq.ra"/>
<FIELD name="dec" datatype="double" unit="deg" ucd="pos.eq.dec;meta.main" ref="S"/>
<FIELD name="pmra" datatype="double" unit="mas.yr**-1" ucd="pos.pm;pos.eq.ra"/>
<FIELD name="pmdec" datatype="double" unit="mas.yr**-1" ucd="pos.pm;pos.eq.dec"/>
<FIELD name="designation" datatype="char" arraysize="*"/>"""


def _gaia_binary2() -> str:
    """Rows of BINARY2: a byte of null flags before each (here the proper motion of the second is null)."""
    rows = b""
    for number, (flags, (ra, dec)) in enumerate(((0, T), (0b00001100, M)), 1):
        name = b"Gaia DR3 %d" % number
        rows += struct.pack(">Bqdfddd", flags, number, ra, 0.02, dec, 10.5, -20.5)
        rows += struct.pack(">i", len(name)) + name
    stream = base64.b64encode(rows).decode()
    return (
        '<VOTABLE version="1.4"><RESOURCE type="results"><COOSYS ID="S" system="ICRS" epoch="J2016.0"/>'
        f'<TABLE>{_GAIA_FIELDS}<DATA><BINARY2><STREAM encoding="base64">{stream}</STREAM></BINARY2></DATA>'
        "</TABLE></RESOURCE></VOTABLE>"
    )


TABLES = {
    "IRSA Gator": Golden(
        """\\fixlen = T
\\RowsRetrieved = 2
\\QueryTime = '00:00:01.2'
\\EQUINOX = 'J2000'
|cntr|ra         |dec        |clon        |clat        |designation      |j_m   |dist  |
|int |double     |double     |char        |char        |char             |double|double|
|    |deg        |deg        |            |            |                 |mag   |arcsec|
|null|null       |null       |null        |null        |null             |null  |null  |
    1   65.497627   19.535070 04h21m59.43s 19d32m06.25s  04215943+1932062   7.12  0.1
    2  204.253800  -29.865400 13h37m00.91s -29d51m55.4s  13370091-2951554   9.12  1.1
""",
        [
            Row(T, "04215943+193206", "fk5", given_id="04215943+1932062"),
            Row(M, "13370091-295155", "fk5", given_id="13370091-2951554"),
        ],
    ),
    "IRSA image list, whose size is in arcmin": Golden(
        "|objname|ra       |dec     |size  |\n|char   |double   |double  |double|\n"
        "|       |deg      |deg     |arcmin|\n"
        " M83     204.2538 -29.8654  2.5\n",
        [Row(M, "M83", size=150)],
    ),
    "Gaia CSV": Golden(
        "solution_id,designation,source_id,ra,ra_error,dec,dec_error,ref_epoch,pmra,pmdec,l,b\n"
        '1636148068921376768,"Gaia DR3 49366530195371392",49366530195371392,65.497627,0.0151,19.53507,0.0102,'
        "2016.0,10.5,-20.5,176.2297,-20.8869\n"
        '1636148068921376768,"Gaia DR3 2",2,204.2538,0.2,-29.8654,0.2,2016.0,null,null,314.58,31.97\n',
        [Row(T, "Gaia DR3 493665", given_id="Gaia DR3 49366530195371392"), Row(M, "Gaia DR3 2")],
        ["proper motion not applied", "longer than 15"],
    ),
    "Gaia VOTable BINARY2": Golden(
        _gaia_binary2(),
        [Row(T, "Gaia DR3 1"), Row(M, "Gaia DR3 2")],
        ["proper motion not applied"],
    ),
    "Gaia ECSV": Golden(
        """# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# -
#   name: source_id
#   datatype: int64
#   description: Unique source identifier
# -
#   name: ra
#   datatype: float64
#   unit: deg
#   description: Right ascension
# -
#   name: dec
#   datatype: float64
#   unit: deg
source_id,ra,dec
49366530195371392,65.497627,19.53507
2,204.2538,-29.8654
""",
        [Row(T), Row(M)],
    ),
    "SDSS CSV": Golden(
        "#Table1\nobjid,run,ra,dec,u,type\n1237648720693755918,756,65.497627,19.53507,19.1,GALAXY\n"
        "1237648720693755919,756,204.2538,-29.8654,18.2,STAR\n",
        [Row(T), Row(M)],
    ),
    "Pan-STARRS mean objects": Golden(
        "objName,objID,raMean,decMean,raMeanErr,decMeanErr,nDetections,gMeanPSFMag\n"
        "PSO J042159.4+193206,131440654976276,65.497627,19.53507,0.002,0.002,34,-999.0\n",
        [Row(T, "PSO J042159.4+1", given_id="PSO J042159.4+193206")],
    ),
    "Pan-STARRS means beside the stacks": Golden(
        "objID,raStack,decStack,raMean,decMean\n1,65.5,19.5,65.497627,19.53507\n",
        [Row((65.5, 19.5))],
        ["raMean decMean not used"],
    ),
    "NED by position": Golden(
        "No.|Object Name|RA|DEC|Type|Velocity|Redshift|Magnitude and Filter\n"
        "1|MESSIER 083|204.2538|-29.8654|G|513|0.001711|8.2B\n"
        "2|HL Tau|65.497627|19.53507|*||| \n",
        [Row(M, "MESSIER 083"), Row(T, "HL Tau")],
    ),
    "HEASARC batch": Golden(
        "BatchStart\n|name     |ra         |dec        |bii      |lii      |\n"
        "|HL TAU   |04 21 59.43|+19 32 06.3|-20.88686|176.22974|\n"
        "|M 83     |13 37 00.91|-29 51 55.4| 31.97305|314.58363|\nBatchEnd\n",
        [Row(T, "HL TAU"), Row(M, "M 83")],
    ),
    "LSST objects": Golden(
        "objectId,coord_ra,coord_dec,detect_isPrimary,g_psfFlux\n"
        "1248649384967536732,65.497627,19.53507,True,402.1\n"
        "1248649384967536733,204.2538,-29.8654,True,\n",
        [Row(T), Row(M)],
    ),
    "ZTF light curve": Golden(
        "oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi\n"
        "600102400013461,45112345,2458268.8,58268.3,14.2,0.01,0,zr,65.497627,19.53507,1.1\n"
        "600102400013461,45112399,2458270.8,58270.3,14.3,0.01,0,zr,65.497628,19.53507,1.2\n",
        [Row(T), Row(T)],
    ),
    "MAST observations": Golden(
        "obs_id,target_name,s_ra,s_dec,s_region,t_min,em_min\n"
        'jw01,HL-TAU,65.497627,19.53507,"POLYGON ICRS 65.4 19.5 65.5 19.5 65.5 19.6",59000.1,600\n',
        [Row(T, "HL-TAU")],
    ),
    "ESO archive, sexagesimal in RA and DEC": Golden(
        "OBJECT,RA,DEC,Program_ID,Instrument,ORIGFILE\n"
        "HL Tau,04:21:59.43,+19:32:06.3,60.A-9999,SOFI,a.fits\n"
        "M83,13:37:00.91,-29:51:55.4,60.A-9999,SOFI,b.fits\n",
        [Row(T, "HL Tau"), Row(M, "M83")],
    ),
    "WISE with galactic columns only": Golden(
        f"|designation        |glon      |glat       |w1mpro|\n"
        f"|char               |double    |double     |double|\n"
        f"|                   |deg       |deg        |mag   |\n"
        f" J042159.43+193206.3 {T_GALACTIC[0]} {T_GALACTIC[1]}  5.2\n",
        [Row(T, "J042159.43+1932", "gal", given_id="J042159.43+193206.3")],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_an_archive_is_right(name: str) -> None:
    assert_golden(TABLES[name])
