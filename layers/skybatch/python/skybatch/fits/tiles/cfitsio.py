"""cfitsio's HCOMPRESS and RICE functions inside astropy: looked up, checked and called in this one place.

astropy ships cfitsio's C code in a private extension module. Its Python wrapper of the decoder loses a frame
of memory with every damaged stream and lets other threads in while the C code works on global variables, so
the C function is called in place by ctypes. A changed C function would not raise but crash, so a version of
astropy that was not tried is refused: widen ``SUPPORTED_ASTROPY`` only together with the tests, and with the
same range in pyproject.toml.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from ctypes import PyDLL, byref, c_char_p, c_int, c_void_p
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SkybatchError

SUPPORTED_ASTROPY = (7, 9)
"""The lowest major version of astropy that is supported, and the first one that is not."""
MODULE = "astropy.io.fits.hdu.compressed._compression"
SYMBOL = "fits_hdecompress"
RICE_SYMBOLS = {1: "fits_rdecomp_byte", 2: "fits_rdecomp_short", 4: "fits_rdecomp"}
"""The decoder of RICE_1 for pixels of so many bytes."""
ENCODER = "compress_hcompress_1_c"
EXCEPTION = "CfitsioException"

PixelArray = NDArray[np.int32]


class HcompressUnavailable(SkybatchError):
    """The installed astropy has no HCOMPRESS functions that can be used; ``missing`` names what is absent."""

    code, title, status = "hcompress_unavailable", "HCOMPRESS is not available", 500

    def __init__(self, missing: str) -> None:
        lowest, unsupported = SUPPORTED_ASTROPY
        super().__init__(f"no {missing}: Quicklooks need astropy >= {lowest}, < {unsupported} as it is built")
        self.missing = missing


@dataclass(frozen=True)
class Cfitsio:
    """The functions of cfitsio that are used.

    Parameters
    ----------
    decompress
        Decodes (stream, smooth) into an array; returns cfitsio's status, 0 where all is well.
    compress
        Encodes (pixels, rows, columns, scale, bytes of a pixel) to a stream.
    error
        What any of them raises.
    decompress_rice
        By the bytes of a pixel, decodes (stream with bytes behind it, its length, array, pixels of a block);
        returns 0 where all is well.
    """

    decompress: Callable[[bytes, bool, PixelArray], int]
    compress: Callable[[bytes, int, int, int, int], bytes]
    error: type[Exception]
    decompress_rice: Mapping[int, Callable[[bytes, int, NDArray[Any], int], int]]


@cache
def load_cfitsio() -> Cfitsio:
    """Look up cfitsio's functions in the installed astropy, once.

    Raises HcompressUnavailable where astropy has another version or lacks one of them, ImportError where it
    is not installed.
    """
    check_version(importlib.import_module("astropy").__version__)
    try:
        module = importlib.import_module(MODULE)
    except ImportError as error:
        raise HcompressUnavailable(f"module {MODULE}") from error
    function = _decoder_function(module, SYMBOL)
    rice = {size: _rice_decoder(_decoder_function(module, name)) for size, name in RICE_SYMBOLS.items()}
    return Cfitsio(_decompressor(function), _attribute(module, ENCODER), _attribute(module, EXCEPTION), rice)


def check_version(version: str) -> None:
    """Raise HcompressUnavailable for a version of astropy that was not tried."""
    lowest, unsupported = SUPPORTED_ASTROPY
    major = version.partition(".")[0]
    if not (major.isdecimal() and lowest <= int(major) < unsupported):
        raise HcompressUnavailable(f"supported astropy (installed: {version})")


def _attribute(module: ModuleType, name: str) -> Any:
    try:
        return getattr(module, name)
    except AttributeError as error:
        raise HcompressUnavailable(f"{name} in module {module.__name__}") from error


def _decoder_function(module: ModuleType, symbol: str) -> Any:
    """Return the C function of the extension module's library, which is called holding the interpreter lock.

    The lock keeps other threads off its global variables and lets it raise Python exceptions.
    """
    path = str(_attribute(module, "__file__"))
    try:
        return getattr(PyDLL(path), symbol)
    except (OSError, AttributeError) as error:
        raise HcompressUnavailable(f"symbol {symbol} in {path}") from error


def _decompressor(function: Any) -> Callable[[bytes, bool, PixelArray], int]:
    """Wrap the C function.

    Newer versions of astropy give it one argument more, the bytes of the array. Either form returns an
    earlier status that it is handed before it touches anything; where it finds that status tells which it is.
    """
    function.argtypes = [c_char_p, c_int, c_void_p]
    as_seventh, as_eighth = byref(c_int(7)), byref(c_int(8))
    takes_size = function(None, 0, None, None, None, None, as_seventh, as_eighth) == 8

    def decompress(stream: bytes, smooth: bool, pixels: PixelArray) -> int:
        size = [c_int(pixels.nbytes)] if takes_size else []
        outputs = [byref(c_int(0)) for _ in range(4)]  # columns, rows, scale, status
        status: int = function(stream, smooth, pixels.ctypes.data, *size, *outputs)
        return status

    return decompress


def _rice_decoder(function: Any) -> Callable[[bytes, int, NDArray[Any], int], int]:
    """Wrap the C function."""
    function.argtypes = [c_char_p, c_int, c_void_p, c_int, c_int]

    def decompress(stream: bytes, length: int, pixels: NDArray[Any], block: int) -> int:
        status: int = function(stream, length, pixels.ctypes.data, pixels.size, block)
        return status

    return decompress
