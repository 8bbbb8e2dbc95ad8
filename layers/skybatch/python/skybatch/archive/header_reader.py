"""Read the header of a stored image by range requests, and check its identity and pixel grid.

Images that could not be delivered raise `skybatch.errors.SourceDamaged` or `SourceUnsupported`.
"""

from __future__ import annotations

import math
import zlib

from skybatch.archive.whole_files import read_whole
from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.header import Header, find_end, parse_header
from skybatch.fits.readers import FITS_MAGIC, GZIP_MAGIC, RangedReader, not_fits
from skybatch.fits.stored_file import check_end, decompress_untiled
from skybatch.fits.tiles.gzip2_reader import read_gzip2_table
from skybatch.fits.tiles.tile_table import FRONT_BYTES, TileTable
from skybatch.storage.trees import Entry, RangedTree
from skybatch.surveys.image_id import ScanImageId

# A survey header is 11,520 bytes, 3 to 4 kB compressed: one request holds either.
FIRST_BYTES = 12_288
MAX_HEADER_BYTES = 1 << 20
GZIP = 16 + zlib.MAX_WBITS

HEMISPHERE_OF = {"hopkins": "n", "ctio": "s"}
GRID = ("CRPIX1", "CRPIX2", "CDELT1", "CDELT2", "CRVAL1", "CRVAL2")
# Other ways to rotate or distort an image; the survey uses CROTA2 alone, and so does our geometry.
UNSUPPORTED_WCS = ("CD1_1", "CD1_2", "CD2_1", "CD2_2", "PC1_1", "PC1_2", "PC2_1", "PC2_2", "PV2_1", "PV2_2")


def read_header(tree: RangedTree, entry: Entry) -> Header:
    """Read the header of a stored image, gzipped or plain by its first bytes, and check the file's length.

    Reads the first kilobytes (more only if END lies beyond) and, of a gzip file, its last four bytes,
    which hold the length of the plain file (RFC 1952, section 2.3.1). A file of another length than its
    header's is read to its end, to tell what is truncated from what has further HDUs.

    Raises
    ------
    SourceDamaged
        For what is not FITS, or is truncated.
    SourceUnsupported
        For a file of several HDUs.
    FileNotFoundError
        Where the file is gone.
    """
    want = FIRST_BYTES
    while True:
        content = tree.read_range(entry.path, 0, min(want, entry.size)) if entry.size else b""
        plain = inflated(content, MAX_HEADER_BYTES) if content.startswith(GZIP_MAGIC) else content
        if not plain.startswith(FITS_MAGIC):
            raise not_fits(plain, "not FITS")
        try:
            header = parse_header(plain[: find_end(plain)])
        except SourceDamaged:
            if len(content) >= min(entry.size, MAX_HEADER_BYTES):
                raise
            want *= 4
            continue
        _check_length(tree, entry, header, compressed=content.startswith(GZIP_MAGIC))
        return header


def read_tile_table(tree: RangedTree, entry: Entry) -> TileTable:
    """Read header and tile table of a tile-compressed image by one request for its first kilobytes.

    The tiles must lie within the file; their content is not checked.
    """
    return read_gzip2_table(ranged_reader(tree, entry, FRONT_BYTES), entry.size)


def inflated(content: bytes, most: int) -> bytes:
    """Return the first plain bytes of the beginning of a gzip file. Raises SourceDamaged."""
    try:
        return zlib.decompressobj(GZIP).decompress(content, most)
    except zlib.error as error:
        raise SourceDamaged(f"the gzip data are damaged: {error}") from error


def _check_length(tree: RangedTree, entry: Entry, header: Header, compressed: bool) -> None:
    """Check the end of a file whose length is not that of its header, by reading as much as that takes."""
    if compressed:
        stated = int.from_bytes(tree.read_range(entry.path, entry.size - 4, 4), "little")
        if stated != header.file_bytes & 0xFFFFFFFF:
            decompress_untiled(read_whole(tree, entry))
    elif entry.size != header.file_bytes:
        check_end(ranged_reader(tree, entry, BLOCK_BYTES), header, 0)


def ranged_reader(tree: RangedTree, entry: Entry, ahead: int) -> RangedReader:
    """Return a reader of a plain stored file, whose first request is for ``ahead`` bytes."""
    return RangedReader(lambda start, length: tree.read_range(entry.path, start, length), entry.size, ahead)


def check_identity(header: Header, image: ScanImageId) -> None:
    """Raise SourceUnsupported where a header names another date, hemisphere, scan or band than the path."""
    telescope = header.get("TELNAME")
    claimed = {
        "date": header.get("ORDATE"),
        "hem": HEMISPHERE_OF.get(telescope.lower()) if isinstance(telescope, str) else None,
        "scan": header.get("SCANNO"),
        "band": header.get("FILTER"),
    }
    for name, value in claimed.items():
        if value is not None and str(value).lower() != str(getattr(image, name)):
            raise SourceUnsupported(f"the header says {name} {value}, the path {getattr(image, name)}")


def pixel_grid(header: Header) -> dict[str, float]:
    """Return CRPIX, CDELT, CRVAL, CROTA2 by lower-case name, of a float image in SIN projection, FK5 J2000.

    Raises
    ------
    SourceUnsupported
        For any other image: our geometry and the planned sizes would be wrong for it.
    """
    projection = (header.get("CTYPE1"), header.get("CTYPE2"))
    if projection == (None, None):
        raise SourceUnsupported("no WCS: CTYPE1 and CTYPE2 are missing")
    if projection != ("RA---SIN", "DEC--SIN"):
        raise SourceUnsupported(f"projection {projection[0]}, {projection[1]}; only SIN images are known")
    for keyword in UNSUPPORTED_WCS:
        if header.get(keyword) is not None:
            raise SourceUnsupported(f"{keyword} in the header; only CROTA2 is understood")
    if header.bitpix != -32:
        raise SourceUnsupported(f"BITPIX {header.bitpix}; Atlas images have -32")
    if header.get("RADESYS") not in (None, "FK5") or header.get("EQUINOX") not in (None, 2000):
        raise SourceUnsupported(
            f"frame {header.get('RADESYS')} {header.get('EQUINOX')}; only FK5 J2000 is known"
        )
    grid = {keyword.lower(): _number(header, keyword) for keyword in GRID}
    grid["crota2"] = 0.0 if header.get("CROTA2") is None else _number(header, "CROTA2")
    _check_grid(grid, header)
    return grid


def _number(header: Header, keyword: str) -> float:
    value = header.get(keyword)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SourceUnsupported(f"no WCS: {keyword} is {value!r}")
    return float(value)


def _check_grid(grid: dict[str, float], header: Header) -> None:
    if not -90.0 <= grid["crval2"] <= 90.0:
        raise SourceUnsupported(f"CRVAL2 {grid['crval2']} is no declination")
    if grid["cdelt1"] == 0.0 or grid["cdelt2"] == 0.0:
        raise SourceUnsupported("CDELT1 or CDELT2 is 0")
    wide = max(grid["crpix1"], header.naxis1 - grid["crpix1"]) + 1.0
    high = max(grid["crpix2"], header.naxis2 - grid["crpix2"]) + 1.0
    if math.radians(math.hypot(wide * grid["cdelt1"], high * grid["cdelt2"])) >= 1.0:
        raise SourceUnsupported("the image reaches beyond the hemisphere that a SIN projection shows")
    grid["crval1"] %= 360.0
