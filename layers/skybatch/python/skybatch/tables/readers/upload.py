"""An upload's bytes to tables: gzip, encoding, and which format it is, told by content."""

from __future__ import annotations

import gzip
import io
import zlib

from skybatch.errors import TooLarge
from skybatch.tables.readers import bars, delimited, ds9, excel, fits, ipac, votable
from skybatch.tables.readers.model import Bounds, Select, Upload, unreadable_table
from skybatch.tables.readers.text import UTF8_MARK, UTF16_MARKS, decode

GZIP = b"\x1f\x8b"
FITS = b"SIMPLE  ="
ZIP = b"PK\x03\x04"
# Files that people send by mistake, by their first bytes, and what to do.
NOT_TABLES = {
    b"%PDF": "this is a PDF document; send the table itself",
    b"\x89PNG": "this is a picture; send the table itself",
    b"\xff\xd8\xff": "this is a picture; send the table itself",
    b"GIF8": "this is a picture; send the table itself",
    b"BZh": "this is compressed with bzip2; send it plain or gzipped",
    b"\xfd7zXZ\0": "this is compressed with xz; send it plain or gzipped",
    b"\x28\xb5\x2f\xfd": "this is compressed with zstd; send it plain or gzipped",
    b"7z\xbc\xaf": "this is a 7-Zip archive; send the table itself",
    b"\xd0\xcf\x11\xe0": "this is a workbook of an old kind (.xls); save it as .xlsx or CSV",
    b"PAR1": "this is a Parquet file; send CSV, VOTable, FITS or IPAC",
    b"\x89HDF": "this is an HDF5 file; send CSV, VOTable, FITS or IPAC",
    b"{\\rtf": "this is a formatted document; save it as plain text",
}


def read_tables(upload: bytes, select: Select, bounds: Bounds) -> Upload:
    """Read the wanted columns of every table of a file, in any format we know, gzipped or not.

    Raises
    ------
    InvalidRequest
        For what is no table, naming what it is where that can be told.
    TooLarge
        For more rows, cells or inflated bytes than `bounds` allow.
    """
    plain = inflate(upload, bounds.inflated_bytes) if upload.startswith(GZIP) else upload
    if not plain.strip():
        raise unreadable_table("there is nothing")
    for start, what in NOT_TABLES.items():
        if plain.startswith(start):
            raise unreadable_table(what)
    if plain.startswith(FITS):
        return fits.read(plain, select, bounds)
    if plain.startswith(ZIP):
        return excel.read(plain, select, bounds)
    if looks_like_xml(plain):
        return votable.read(plain, select, bounds)
    return read_text(decode(plain), select, bounds)


def read_text(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read a table of text: an IPAC table, one drawn with bars, a region file, or separated values."""
    start = text.lstrip()[:1]
    if start in ("{", "["):
        raise unreadable_table("this is JSON; send CSV, VOTable, FITS or IPAC")
    if ipac.is_ipac(text):
        return ipac.read(text, select, bounds)
    if bars.is_drawn(text):
        return bars.read(text, select, bounds)
    if ds9.is_region_file(text):
        return ds9.read(text, select, bounds)
    return delimited.read(text, select, bounds)


def inflate(packed: bytes, max_bytes: int) -> bytes:
    """Inflate every member of a gzip file; raises TooLarge as soon as there is more than ``max_bytes``."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as members:
            plain = members.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable_table(f"the gzip compression is damaged ({error})") from None
    if len(plain) > max_bytes:
        raise TooLarge(f"The gzipped table holds more than {max_bytes} bytes; please split it.")
    return plain


def looks_like_xml(plain: bytes) -> bool:
    """Tell whether the first character is a tag's; in UTF-16 too, whose mark XML readers know."""
    start = plain[:256].removeprefix(UTF8_MARK).lstrip()
    return start.startswith(b"<") or (start[:2] in UTF16_MARKS and b"<" in start[2:4])
