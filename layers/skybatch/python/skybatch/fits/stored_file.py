"""Whole files of one image, stored plain or as gzip: their header, their plain bytes, their end."""

from __future__ import annotations

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.header import Header, read_header
from skybatch.fits.limits import check_image_bytes
from skybatch.fits.readers import Reader, open_reader


def read_stored_header(source: bytes) -> Header:
    """Read the header of a stored image; the first bytes of the file suffice, pixels are not looked at.

    Raises SourceDamaged, SourceUnsupported.
    """
    return read_header(open_reader(source))


def decompress_untiled(source: bytes) -> bytes:
    """Return the whole image as plain FITS, byte for byte what was stored.

    ``source`` is gzip or plain FITS; the checksum of gzip data is verified.

    Raises SourceDamaged (truncated, not FITS, more or fewer pixels than the header claims) or
    SourceUnsupported (not one image of two axes, too large).
    """
    header = read_stored_header(source)
    check_image_bytes(header.file_bytes)
    reader = open_reader(source)
    data = bytes(reader.read(header.file_bytes))
    check_end(reader, header, len(data))
    return data.ljust(header.file_bytes, b"\0")


def check_end(reader: Reader, header: Header, position: int) -> None:
    """Compare the file with its header from ``position`` on: all pixels there, and nothing after them.

    A compressed stream is read to its end, where its checksum stands, so that one changed bit of it shows.

    Raises SourceDamaged where pixels are missing or bytes follow them or the checksum differs,
    SourceUnsupported where HDUs follow.
    """
    if has_hdu_after(reader, header, header.blocks * BLOCK_BYTES, header.file_bytes, position):
        raise SourceUnsupported("the file has extensions; only files of one image are cut")
    reader.read_to_end()


def has_hdu_after(reader: Reader, header: Header, data_offset: int, end: int, position: int) -> bool:
    """Tell whether a further HDU follows that of an image; the reader is at ``position`` and left behind it.

    The image's pixels begin at ``data_offset`` of the plain file, its HDU ends at ``end``.

    Raises SourceDamaged where pixels are missing, or bytes follow that are no HDU.
    """
    last = data_offset + header.data_bytes
    missing = max(last - position, 0)
    if reader.skip(missing) < missing:
        raise SourceDamaged(
            f"the file ends before the {header.naxis1} x {header.naxis2} pixels of its header"
        )
    reader.skip(max(end - max(position, last), 0))
    after = bytes(reader.read(BLOCK_BYTES))
    is_hdu = after.startswith(b"XTENSION")
    if any(after) and not is_hdu:
        raise SourceDamaged(
            f"the file holds more than the {header.naxis1} x {header.naxis2} pixels of its header"
        )
    return is_hdu
