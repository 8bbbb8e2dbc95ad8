"""VOTable documents of coadd keys for tests of the readers."""

from __future__ import annotations

import base64

import pytest

from skybatch.errors import InvalidRequest
from tests.support.tables.request_tables import parsed_request

FIELDS = """<FIELD name="coadd_key" datatype="int"><VALUES null="-1"/></FIELD>
<FIELD name="note" datatype="float" arraysize="2"/>
<FIELD ID="band" datatype="char" arraysize="*"/>"""


def votable(data: str, fields: str = FIELDS, head: str = "", prolog: str = "") -> str:
    """A VOTable around some data."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{prolog}<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE>{head}<TABLE>
{fields}
<DATA>{data}</DATA></TABLE>
<TABLE><FIELD name="other" datatype="int"/>
<DATA><TABLEDATA><TR><TD>99</TD></TR></TABLEDATA></DATA></TABLE>
</RESOURCE></VOTABLE>"""


def tabledata(*rows: str) -> str:
    """Rows of cells separated by bars."""
    cells = ("".join(f"<TD>{cell}</TD>" for cell in row.split("|")) for row in rows)
    return "<TABLEDATA>\n" + "\n".join(f"<TR>{row}</TR>" for row in cells) + "\n</TABLEDATA>"


def keys_of(table: str) -> list[tuple[int | None, str]]:
    """Keys and bands of a coadd key table."""
    rows = parsed_request(mode="coadd_keys", table=table).rows
    return [(row.coadd_key, "".join(row.bands)) for row in rows]


def refused(table: str) -> InvalidRequest:
    """The error a coadd key table meets."""
    with pytest.raises(InvalidRequest) as caught:
        parsed_request(mode="coadd_keys", table=table)
    return caught.value


def stream_of(content: bytes, serialization: str = "BINARY") -> str:
    """The DATA of a binary serialization."""
    text = base64.b64encode(content).decode()
    return f'<{serialization}><STREAM encoding="base64">\n{text}\n</STREAM></{serialization}>'
