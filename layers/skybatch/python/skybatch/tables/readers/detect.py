"""An upload's bytes to a table: compression, encoding and format are detected by content."""

from __future__ import annotations

import gzip
import io
import zlib

from skybatch.errors import TooLarge
from skybatch.tables.readers import delimited, fits, ipac, votable
from skybatch.tables.readers.model import ColumnSelection, UploadedTable, unreadable_table

GZIP = b"\x1f\x8b"
FITS = b"SIMPLE  ="
UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_table(upload: bytes, selection: ColumnSelection, max_bytes: int) -> UploadedTable:
    """Read the selected columns of a table in any known format, gzipped or not.

    Raises InvalidRequest for what is no table, TooLarge for more than ``max_bytes`` after inflating or more
    rows than ``selection`` allows.
    """
    plain = inflate(upload, max_bytes) if upload.startswith(GZIP) else upload
    if plain.startswith(FITS):
        return fits.read(plain, selection)
    if looks_like_xml(plain):
        return votable.read(plain, selection)
    text = decode(plain)
    return ipac.read(text, selection) if ipac.is_ipac(text) else delimited.read(text, selection)


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
    """Return whether the first character is a tag's; in UTF-16 too, whose mark XML readers know."""
    start = plain[:256].removeprefix(UTF8_MARK).lstrip()
    return start.startswith(b"<") or (start[:2] in UTF16_MARKS and b"<" in start[2:4])


def decode(plain: bytes) -> str:
    r"""Decode to text with ``\n`` line ends: UTF-8, UTF-16 with its mark, else Latin-1."""
    if plain[:2] in UTF16_MARKS:
        text = plain.decode("utf-16", errors="replace")
    else:
        try:
            text = plain.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = plain.removeprefix(UTF8_MARK).decode("latin-1")
    if "\0" in text:
        raise unreadable_table("there are bytes that no text holds; is this a table?")
    return text.replace("\r\n", "\n").replace("\r", "\n")
