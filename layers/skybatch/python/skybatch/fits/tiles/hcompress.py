"""HCOMPRESS streams of 16-bit images (FITS standard 4.0, section 10.4.4), safe against damaged ones.

The codec is cfitsio's, see ``cfitsio``. Its decoder trusts the sizes in the stream and reads on past its
end, so the sizes are checked here, and bytes follow the stream on which it must stop, see ``sentinel``.
"""

from __future__ import annotations

import struct
from threading import Lock

import numpy as np

from skybatch.errors import SourceDamaged
from skybatch.fits.tiles.cfitsio import PixelArray, load_cfitsio
from skybatch.fits.tiles.sentinel import ends_in_sentinel_signs, with_sentinel

MAGIC = b"\xdd\x99"
_START_32BIT = struct.Struct(">2s4i3B")  # magic, rows, columns, scale, sum of pixels, planes a quadrant
_START_64BIT = struct.Struct(">2s3iq3B")  # the same with the sum as 8 bytes, as cfitsio writes it
START_BYTES = _START_64BIT.size
_SUM_OFFSET = 14
MIN_SIDE = 4  # cfitsio's own bound; below it the C code computes the logarithm of nothing
_MAX_PLANES = 31  # coefficients are 32-bit integers with a sign
_encoder_lock = Lock()  # cfitsio's encoder keeps its state in global variables


def with_64bit_sum(stream: bytes | memoryview) -> bytes:
    """Return the original program's stream as cfitsio's: the sum of pixels as 8 bytes instead of 4.

    Raises SourceDamaged where the stream is too short to have one.
    """
    if len(stream) < _START_32BIT.size:
        raise SourceDamaged("the HCOMPRESS stream ends within its first bytes")
    sign = b"\xff" if stream[_SUM_OFFSET] & 0x80 else b"\0"
    return b"".join((stream[:_SUM_OFFSET], sign * 4, stream[_SUM_OFFSET:]))


def with_32bit_sum(stream: bytes) -> bytes:
    """Return cfitsio's stream as the original program's; the sum of 16-bit pixels, as coded, fits 4 bytes."""
    return stream[:_SUM_OFFSET] + stream[_SUM_OFFSET + 4 :]


def stream_scale(stream: bytes | memoryview) -> int:
    """Return the scale by which the coefficients of a stream, of either program, were divided."""
    return int.from_bytes(stream[10:14], "big", signed=True)


def decode(stream: bytes | memoryview, rows: int, columns: int, *, smooth: bool = False) -> PixelArray:
    """Decode a stream of cfitsio's form to pixels of shape (rows, columns).

    Takes no more memory than the pixels and a copy of the stream.

    Raises SourceDamaged where the stream's header does not agree with the shape, where its coefficients make
    no sense, and where it breaks off: for scales of 4 and more by at least 4 bytes, for others and smoothed
    ones by more than the signs at its end. Raises HcompressUnavailable.
    """
    _check_start(stream, rows, columns)
    cfitsio = load_cfitsio()
    pixels = np.empty((rows, columns), np.int32)
    try:
        status = cfitsio.decompress(with_sentinel(stream, _max_overrun(rows, columns)), smooth, pixels)
    except cfitsio.error as error:
        raise SourceDamaged(f"the HCOMPRESS stream is damaged: {error}") from error
    if status:
        raise SourceDamaged(f"the HCOMPRESS stream is damaged (cfitsio status {status})")
    if not smooth and ends_in_sentinel_signs(pixels, stream_scale(stream)):
        raise SourceDamaged("the HCOMPRESS stream breaks off within its signs")
    return pixels


def encode(pixels: PixelArray, scale: int) -> bytes:
    """Encode pixels of shape (rows, columns), each side at least 4, as cfitsio's form of stream.

    Raises HcompressUnavailable.
    """
    rows, columns = pixels.shape
    data = np.ascontiguousarray(pixels, np.int32).tobytes()
    cfitsio = load_cfitsio()
    with _encoder_lock:
        return cfitsio.compress(data, rows, columns, scale, pixels.itemsize)


def _check_start(stream: bytes | memoryview, rows: int, columns: int) -> None:
    if len(stream) < _START_64BIT.size:
        raise SourceDamaged("the HCOMPRESS stream ends within its first bytes")
    magic, stream_rows, stream_columns, scale, _, *planes = _START_64BIT.unpack_from(stream)
    if magic != MAGIC:
        raise SourceDamaged(f"an HCOMPRESS stream begins with dd99, not {magic.hex()}")
    if (stream_rows, stream_columns) != (rows, columns):
        raise SourceDamaged(
            f"the HCOMPRESS stream has {stream_columns} x {stream_rows} pixels, its header {columns} x {rows}"
        )
    if min(rows, columns) < MIN_SIDE:
        raise SourceDamaged(f"HCOMPRESS has no images of {columns} x {rows} pixels")
    if scale < 0 or max(planes) > _MAX_PLANES:
        raise SourceDamaged(f"the HCOMPRESS stream has scale {scale} and {planes} bit planes")


def _max_overrun(rows: int, columns: int) -> int:
    """Return the most bytes that the C code may read past the end of a stream.

    Signs are one bit a pixel. Within one bit plane of one quadrant no code is longer than 6 bits and there
    are at most (1/4 + 1/16 + ...) codes a pixel, twice that where halved sides round up; behind it it stops.
    So 2 bits for every pixel are more than enough.
    """
    return rows * columns // 4 + 64
