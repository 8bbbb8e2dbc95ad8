"""Tables as people send them, one of each kind: the mode they are for, the other fields, the upload."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

from skybatch.requests.model import Request
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.servers.http import MULTIPART
from tests.support.tables.table_cases import fits_table

VOTABLE_FK4 = """<?xml version="1.0"?><VOTABLE version="1.3"><RESOURCE>
<COOSYS ID="C" system="eq_FK4" equinox="B1950"/><TABLE>
<FIELD name="RA" datatype="double" unit="deg" ref="C"/>
<FIELD name="DEC" datatype="double" unit="deg" ref="C"/>
<DATA><TABLEDATA><TR><TD>203.5521</TD><TD>-29.6111</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"""
TWO_TABLES = "name,ra,dec\nA,1,2\n\nname,ra,dec\nB,3,4\n"
IPAC_HOURS = """\
|ra         |dec     |id  |
|double     |double  |char|
|h          |deg     |    |
 4.36650847  19.53507 a b
 13.61692    null     c
"""
MARKED_KEYS = """\\skybatch = '1'
\\dataset = 'askyw'
|scntr|coadd_key|band|id             |given_id         |type|form   |req_ra    |req_dec  |size|
|int  |int      |char|char           |char             |char|char   |double    |double   |double|
 7     1590591   J    04215943+193206 04215943+1932062  A    fits.gz 65.497627  19.53507  50
 7     1590591   H    04215943+193206 04215943+1932062  A    fits    65.497627  19.53507  50
 null  699387    K    null            null              Q    fits.H  null       null      null
"""
MARKED_CSV = "scntr,coadd_key,band,dataset,type,form,skybatch\n3,1590591,J,sx,A,fits.fz,1\n"
SCANS = "date,hemis,scan,coadd,filter,id\n1997-10-31,N,96,197,JHK,=one\n000804,s,1,,Ks,'-two\n"

# name -> fields of the request and the table; every one of them is a valid request.
SAMPLES: dict[str, tuple[dict[str, Any], bytes]] = {
    "names beside coordinates": ({}, b"name,RA_deg,Dec_deg\nHL Tau,65.497627,19.53507\n"),
    "names and positions": ({}, "name\nAndromède\nM 83\n204.2538 \u221229.8654\n".encode()),
    "sexagesimal": ({}, b"ra dec\n04:21:59.43 +19:32:06.2\n13h37m00.9s -29d51m57s\n"),
    "galactic": ({"size": "1arcmin"}, b"l,b,size\n314.58363588,31.97305857,\n10,20,0\n11,-21,30\n"),
    "equinox column": ({}, b"ra,dec,equinox\n203.5521,-29.6111,B1950\n"),
    "frame of a VOTable": ({"best": True}, VOTABLE_FK4.encode()),
    "units of an IPAC table": ({}, IPAC_HOURS.replace("null    ", "-29.8654").encode()),
    "long ids": ({}, b"id,ra,dec\nabcdefghijklmnop,1,2\nabcdefghijklmnoq,1,3\nabcdefghijklmno,4,5\n-5,6,7\n"),
    "no header": ({"bands": "JK"}, b"65.497627 19.53507\n10.5 -20\n"),
    "negative right ascension": ({"size": 300}, b"ra,dec,best\n-155.7462,-29.8654,y\n0,-90,n\n"),
    "several tables": ({}, TWO_TABLES.encode()),
    "drawn with bars": (
        {},
        b"| ra  | dec | id |\n|-----|-----|----|\n| 1.5 | 2.5 | a|\n| 3   | 4   |    |\n",
    ),
    "a region file": (
        {},
        b'# Region file\nfk5\ncircle(65.497627,19.53507,5")\npoint(13:37:00.9,-29:51:57)\n',
    ),
    "rows of units": ({}, b"ra\tdec\tname\nh\tdeg\t\n4.5\t19\tHL Tau\n13.6\t-29\tM 83\n"),
    "radians of a FITS table": (
        {},
        fits_table({"RA": (1.143149,), "DEC": (0.34095,)}, TUNIT1="rad", TUNIT2="rad"),
    ),
    "gzipped": ({}, gzip.compress(b"ra,dec\n1,2\n")),
    "coadd keys": ({"mode": "coadd_keys"}, b"coadd_key,band,id\n1590591,A,1\n1230312,j,\n"),
    "a table of this service": ({"mode": "coadd_keys", "size": 20}, MARKED_KEYS.encode()),
    "a CSV table of this service": ({"mode": "coadd_keys"}, MARKED_CSV.encode()),
    "scans": ({"mode": "scans"}, SCANS.encode()),
}


def upload_body(upload: bytes, **fields: Any) -> bytes:
    """Return the body of a form with a file part ``table``, sent as `MULTIPART`."""
    head = "--boundary\r\nContent-Disposition: form-data; name="
    parts = b"".join(f'{head}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items())
    file = f'{head}"table"; filename="table"\r\n\r\n'.encode()
    return parts + file + upload + b"\r\n--boundary--\r\n"


def request_of(upload: bytes, **fields: Any) -> Request:
    """Return the request of an uploaded table, without lines, notices and the name of the file."""
    request, _ = parse_body(upload_body(upload, **{"mode": "positions"} | fields), MULTIPART, Settings())
    rows = tuple(replace(row, line=None) for row in request.rows)
    return replace(request, rows=rows, notices=(), table_name=None)
