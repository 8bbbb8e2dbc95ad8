"""Made survey images for every test: plain FITS bytes written card by card, with no FITS library.

    image = make_image(ra=180.0, dec=-30.0)                 # 512 x 1024 float32, NaN border, 4-block header
    short = make_image(ra=0.001, dec=89.9, ny=829, rotation=3.0)
    stored = gzipped(image)
    other = make_image(cards={"SCANNO": 7, "FILTER": "k", "EQUINOX": None})   # changed, added, left out

The sky position of pixel (CRPIX1, CRPIX2) = ((nx+1)/2, (ny+1)/2) is ra, dec (FK5 J2000 degrees), SIN
projection, 1 arcsec pixels, CROTA2 = rotation degrees.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

BORDER = 4  # pixels of NaN on each side
PIXEL_DEGREES = 0.0002777777845
_TYPES = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}

CardValue = bool | int | float | str


def make_image(
    ra: float = 180.0,
    dec: float = 20.0,
    *,
    nx: int = 512,
    ny: int = 1024,
    rotation: float = -0.0117,
    bitpix: int = -32,
    seed: int = 0,
    cards: Mapping[str, CardValue | None] | None = None,
    total_cards: int = 113,
) -> bytes:
    """A plain FITS file: sky, noise and stars (the same for the same ``seed``), NaN border in floats.

    ``cards`` change or add header cards; None leaves one out. COMMENT cards fill the header up to
    ``total_cards`` before END (113, as survey images have; 0 for none).
    """
    values = {**_cards(ra, dec, nx, ny, rotation, bitpix), **(cards or {})}
    lines = [_card(keyword, value) for keyword, value in values.items() if value is not None]
    lines += [f"COMMENT filling {n}" for n in range(len(lines), total_cards)]
    header = "".join(line.ljust(80) for line in [*lines, "END"]).encode()
    data = pixels(nx, ny, seed, bitpix).tobytes()
    return _blocks(header, b" ") + _blocks(data, b"\0")


def pixels(nx: int, ny: int, seed: int, bitpix: int = -32) -> NDArray[np.generic]:
    """The pixels of ``make_image``, shape (ny, nx), big-endian."""
    random = np.random.default_rng(seed)
    sky = random.normal(90.0, 0.5, (ny, nx))
    for x, y, peak in random.uniform((0, 0, 50), (nx, ny, 1500), (40, 3)):
        _add_star(sky, x, y, peak)
    if bitpix > 0:
        return np.clip(np.rint(sky), 0, 255 if bitpix == 8 else 32767).astype(_TYPES[bitpix])
    inside = np.zeros(sky.shape, bool)
    inside[BORDER : ny - BORDER, BORDER : nx - BORDER] = True
    return np.where(inside, sky, np.nan).astype(_TYPES[bitpix])


def gzipped(plain: bytes, level: int = 1) -> bytes:
    """The same as one gzip member, with no time stamp."""
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    return packer.compress(plain) + packer.flush()


def _cards(ra: float, dec: float, nx: int, ny: int, rotation: float, bitpix: int) -> dict[str, CardValue]:
    return {
        "SIMPLE": True,
        "BITPIX": bitpix,
        "NAXIS": 2,
        "NAXIS1": nx,
        "NAXIS2": ny,
        "EXTEND": True,
        "ORDATE": "980321",
        "DAYNUM": "0386",
        "FN_PRFX": "j0386106",
        "TYPE": "sci",
        "SCANNO": 106,
        "SCANDIR": "s",
        "STRIP_ID": 15850,
        "POSITNID": "n301341",
        "ORIGIN": "MADE",
        "CTYPE1": "RA---SIN",
        "CTYPE2": "DEC--SIN",
        "CRPIX1": (nx + 1) / 2,
        "CRPIX2": (ny + 1) / 2,
        "CRVAL1": ra,
        "CRVAL2": dec,
        "CROTA2": rotation,
        "CDELT1": -PIXEL_DEGREES,
        "CDELT2": PIXEL_DEGREES,
        "SKYVAL": 90.0,
        "SKYSIG": 0.5,
        "MAGZP": 20.9506,
        "SEESH": 1.04,
        "TELNAME": "Hopkins",
        "FILTER": "j",
        "UT_DATE": "980321",
        "UT": "10:41:30.19",
        "EQUINOX": 2000.0,
    }


def _card(keyword: str, value: CardValue) -> str:
    if isinstance(value, bool):
        return f"{keyword:<8}= {'T' if value else 'F':>20} / made for a test"
    if isinstance(value, str):
        return f"{keyword:<8}= '{value:<8}'"
    return f"{keyword:<8}= {value!r:>20} / made for a test"


def _blocks(part: bytes, fill: bytes) -> bytes:
    return part.ljust(-(-len(part) // 2880) * 2880, fill)


def _add_star(sky: NDArray[np.float64], x: float, y: float, peak: float) -> None:
    first_row, first_column = max(int(y) - 8, 0), max(int(x) - 8, 0)
    patch = sky[first_row : first_row + 17, first_column : first_column + 17]
    rows, columns = np.indices(patch.shape)
    distance2 = (rows + first_row - y) ** 2 + (columns + first_column - x) ** 2
    patch += peak * np.exp(-distance2 / 3.0)
