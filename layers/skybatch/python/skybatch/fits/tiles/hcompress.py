"""HCOMPRESS streams of 16-bit images (FITS standard 4.0, section 10.4.4), safe against damaged ones.

The decoder is cfitsio's C code as astropy ships it, called in place: astropy's wrapper of it loses a frame
of memory with every damaged stream and lets other threads in while the C code works on global variables.
That C code also trusts the sizes in the stream and reads on past its end, so the sizes are checked here
and bytes follow the stream on which it must stop.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from ctypes import PyDLL, byref, c_char_p, c_int, c_void_p
from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged
from skybatch.fits.tiles.sentinel import signs_from_stops, stopped

MAGIC = b"\xdd\x99"
_NARROW = struct.Struct(">2s4i3B")  # magic, rows, columns, scale, sum of pixels, planes a quadrant
_WIDE = struct.Struct(">2s3iq3B")  # the same with the sum as 8 bytes, as cfitsio writes it
START_BYTES = _WIDE.size
_SUM = 14  # where the sum begins
LEAST_SIDE = 4  # cfitsio's own bound; below it the C code computes the logarithm of nothing
_MOST_PLANES = 31  # coefficients are 32-bit integers with a sign
_encoding = Lock()  # cfitsio's encoder keeps its state in global variables too

Frame = NDArray[np.int32]


def widened(stream: bytes | memoryview) -> bytes:
    """The original program's stream as cfitsio's: the sum of pixels as 8 bytes instead of 4."""
    if len(stream) < _NARROW.size:
        raise SourceDamaged("the HCOMPRESS stream ends within its first bytes")
    sign = b"\xff" if stream[_SUM] & 0x80 else b"\0"
    return b"".join((stream[:_SUM], sign * 4, stream[_SUM:]))


def narrowed(stream: bytes) -> bytes:
    """cfitsio's stream as the original program's; the sum of 16-bit pixels, as coded, fits its 4 bytes."""
    return stream[:_SUM] + stream[_SUM + 4 :]


def scale_of(stream: bytes | memoryview) -> int:
    """The scale by which the coefficients of a stream, in either form, were divided."""
    return int.from_bytes(stream[10:14], "big", signed=True)


def decode(stream: bytes | memoryview, rows: int, columns: int, *, smooth: bool = False) -> Frame:
    """The pixels of cfitsio's form of stream, shape (rows, columns).

    Takes no more memory than the frame and a copy of the stream. Raises SourceDamaged where the stream's
    header does not agree with the shape, where its coefficients make no sense, and where it breaks off: for
    scales of 4 and more by at least 4 bytes, for others and smoothed ones by more than the signs at its end.
    """
    _check(stream, rows, columns)
    stream = stopped(stream, _overrun(rows, columns))
    frame = np.empty((rows, columns), np.int32)
    decompress, its_error = _decoder()
    try:
        status = decompress(stream, smooth, frame)
    except its_error as error:
        raise SourceDamaged(f"the HCOMPRESS stream is damaged: {error}") from error
    if status:
        raise SourceDamaged(f"the HCOMPRESS stream is damaged (cfitsio status {status})")
    if not smooth and signs_from_stops(frame, scale_of(stream)):
        raise SourceDamaged("the HCOMPRESS stream breaks off within its signs")
    return frame


def encode(pixels: Frame, scale: int) -> bytes:
    """Pixels of shape (rows, columns), each side at least 4, as cfitsio's form of stream."""
    from astropy.io.fits.hdu.compressed._compression import compress_hcompress_1_c

    rows, columns = pixels.shape
    data = np.ascontiguousarray(pixels, np.int32).tobytes()
    with _encoding:
        stream: bytes = compress_hcompress_1_c(data, rows, columns, scale, pixels.itemsize)
    return stream


@cache
def _decoder() -> tuple[Callable[[bytes, bool, Frame], int], type[Exception]]:
    """cfitsio's ``fits_hdecompress`` out of astropy's library, and what it raises.

    It is called holding the interpreter lock, which keeps other threads off its global variables and lets
    it raise Python exceptions. Newer astropy gives it one argument more, the bytes of the frame; the way it
    passes on an earlier status, before it touches anything, tells which one is installed.
    """
    from astropy.io.fits.hdu.compressed import _compression

    function = PyDLL(_compression.__file__).fits_hdecompress
    function.argtypes = [c_char_p, c_int, c_void_p]
    earlier = byref(c_int(7)), byref(c_int(8))
    sized = function(None, 0, None, None, None, None, *earlier) == 8

    def decompress(stream: bytes, smooth: bool, frame: Frame) -> int:
        size = [c_int(frame.nbytes)] if sized else []
        answers = [byref(c_int(0)) for _ in range(4)]  # columns, rows, scale, status
        status: int = function(stream, smooth, frame.ctypes.data, *size, *answers)
        return status

    return decompress, _compression.CfitsioException


def _check(stream: bytes | memoryview, rows: int, columns: int) -> None:
    if len(stream) < _WIDE.size:
        raise SourceDamaged("the HCOMPRESS stream ends within its first bytes")
    magic, its_rows, its_columns, scale, _, *planes = _WIDE.unpack_from(stream)
    if magic != MAGIC:
        raise SourceDamaged(f"an HCOMPRESS stream begins with dd99, not {magic.hex()}")
    if (its_rows, its_columns) != (rows, columns):
        raise SourceDamaged(
            f"the HCOMPRESS stream has {its_columns} x {its_rows} pixels, its header {columns} x {rows}"
        )
    if min(rows, columns) < LEAST_SIDE:
        raise SourceDamaged(f"HCOMPRESS has no images of {columns} x {rows} pixels")
    if scale < 0 or max(planes) > _MOST_PLANES:
        raise SourceDamaged(f"the HCOMPRESS stream has scale {scale} and {planes} bit planes")


def _overrun(rows: int, columns: int) -> int:
    """Bytes that the C code may read past the end of a stream.

    Signs are one bit a pixel. Within one bit plane of one quadrant no code is longer than 6 bits and there
    are at most (1/4 + 1/16 + ...) codes a pixel, twice that where halved sides round up; behind it it stops.
    So 2 bits for every pixel of the frame are more than enough.
    """
    return rows * columns // 4 + 64
