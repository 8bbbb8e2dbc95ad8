"""An uploaded file to tables: gzip, encoding, and which format it is, told by content."""

from __future__ import annotations

import re
import zlib

from skybatch.errors import TooLarge
from skybatch.tables.readers.excel import workbook
from skybatch.tables.readers.fits import extensions as fits
from skybatch.tables.readers.model import Bounds, Select, Table, Upload, unreadable_table
from skybatch.tables.readers.text import UTF8_MARK, UTF16_MARKS, decode
from skybatch.tables.readers.text_formats import bars, byte_by_byte, delimited, ds9, ipac
from skybatch.tables.readers.votable import document as votable

GZIP = b"\x1f\x8b"
FITS = b"SIMPLE  ="
ZIP = b"PK\x03\x04"
CHUNK_BYTES = 1 << 16
MOST_GZIP_MEMBERS = 10_000
_JSON = re.compile(r"\s*(?:\{|\[\s*[\[{\"])")
_PICTURE = "this is a picture; send the table itself"
# Files that people send by mistake, by their first bytes, and what to do.
NOT_TABLES = {
    b"%PDF": "this is a PDF document; send the table itself",
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
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
        raise unreadable_table("there is nothing but blank lines")
    for start, what in NOT_TABLES.items():
        if plain.startswith(start):
            raise unreadable_table(what)
    if plain.startswith(GZIP):
        raise unreadable_table("this is gzipped twice; send it plain or gzipped once")
    found = _read_plain(plain, select, bounds)
    for table in found.tables:
        _refuse_equal_names(table)
    return found


def _refuse_equal_names(table: Table) -> None:
    """Raise InvalidRequest where a column that is used has the name of another one."""
    names = table.header.names
    for index in table.cells:
        if names.count(names[index]) > 1:
            name = names[index][:40]
            raise unreadable_table(f"the column {name} stands twice", table.header.line, column=name)


def _read_plain(plain: bytes, select: Select, bounds: Bounds) -> Upload:
    """Read a file that is not compressed."""
    if plain.startswith(FITS):
        return fits.read(plain, select, bounds)
    if plain.startswith(ZIP):
        return workbook.read(plain, select, bounds)
    if looks_like_xml(plain):
        return votable.read(plain, select, bounds)
    return read_text(decode(plain), select, bounds)


def read_text(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read a table of text: IPAC, drawn with bars, byte-by-byte, a region file, or separated values."""
    if _JSON.match(text):
        raise unreadable_table("this is JSON; send CSV, VOTable, FITS or IPAC")
    if ipac.is_ipac(text):
        return ipac.read(text, select, bounds)
    if bars.is_drawn(text):
        return bars.read(text, select, bounds)
    if byte_by_byte.is_byte_by_byte(text):
        return byte_by_byte.read(text, select, bounds)
    if ds9.is_region_file(text):
        return ds9.read(text, select, bounds)
    return delimited.read(text, select, bounds)


def inflate(packed: bytes, max_bytes: int) -> bytes:
    """Inflate every member of a gzip file.

    Raises TooLarge as soon as there is more than ``max_bytes``, InvalidRequest for a damaged file and for
    more members than any tool writes.
    """
    plain = bytearray()
    at = members = 0
    try:
        while at < len(packed) and packed[at : at + 2] == GZIP:
            members += 1
            if members > MOST_GZIP_MEMBERS:
                raise unreadable_table(f"there are more than {MOST_GZIP_MEMBERS} gzip members")
            at = _inflate_member(packed, at, plain, max_bytes)
    except zlib.error as error:
        raise unreadable_table(f"the gzip compression is damaged ({error})") from None
    if packed[at:].strip(b"\0"):
        raise unreadable_table("something other than gzip stands behind the gzipped table")
    return bytes(plain)


def _inflate_member(packed: bytes, at: int, plain: bytearray, max_bytes: int) -> int:
    """Add one gzip member to ``plain``; return where it ends."""
    inflater = zlib.decompressobj(wbits=31)
    while not inflater.eof:
        part = inflater.unconsumed_tail
        if not part:
            part = packed[at : at + CHUNK_BYTES]
            at += len(part)
        if not part:
            raise unreadable_table("the gzip compression is damaged (it ends too early)")
        plain += inflater.decompress(part, max_bytes + 1 - len(plain))
        if len(plain) > max_bytes:
            raise TooLarge(f"The gzipped table holds more than {max_bytes} bytes; please split it.")
    return at - len(inflater.unused_data)


def looks_like_xml(plain: bytes) -> bool:
    """Tell whether the first character is a tag's; in UTF-16 too, whose mark XML readers know."""
    start = plain[:256].removeprefix(UTF8_MARK).lstrip()
    return start.startswith(b"<") or (start[:2] in UTF16_MARKS and b"<" in start[2:4])
