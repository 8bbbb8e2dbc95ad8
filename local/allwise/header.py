"""The header of a made tile: the Atlas's key words, two blocks of them, our own values."""

from __future__ import annotations

from local.allwise.tiles import PIXEL, Tile

CARD = 80
HEADER_BYTES = 5760  # two blocks of 2880, as the Atlas has
MAGZP = {1: 20.5, 2: 19.5, 3: 18.0, 4: 13.0}
MAGZPUNC = {1: 0.006, 2: 0.007, 3: 0.012, 4: 0.012}
WAVELENGTH = {1: 3.368, 2: 4.618, 3: 12.082, 4: 22.194}  # micrometres
UNITS = {"int": "DN", "unc": "DN", "cov": "frames"}
Value = str | int | float | bool


def header(tile: Tile, band: int, product: str) -> bytes:
    """Format the padded header of one file of a tile: ``int``, ``unc`` or ``cov``."""
    cards = [_card(name, value) for name, value in _values(tile, band, product).items()]
    cards += ["COMMENT   Simulated sky of skybatch in the form of an Atlas Image; no telescope"]
    cards += [f"COMMENT   card {n} of those that the Atlas fills with its history" for n in range(16)]
    text = "".join(card.ljust(CARD) for card in (*cards, "END"))
    if not HEADER_BYTES / 2 < len(text) <= HEADER_BYTES:
        raise ValueError(f"{len(text)} bytes of header are not two blocks")
    return text.ljust(HEADER_BYTES).encode("ascii")


def _values(tile: Tile, band: int, product: str) -> dict[str, Value]:
    return {
        **{"SIMPLE": True, "BITPIX": -32, "NAXIS": 2, "NAXIS1": tile.pixels, "NAXIS2": tile.pixels},
        **{"WRELEASE": "simulated", "ORIGIN": "SIMULATED", "COADDID": tile.coadd_id},
        **{"CRVAL1": tile.ra, "CRVAL2": tile.dec, "EQUINOX": 2000.0},
        **{"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CRPIX1": tile.crpix, "CRPIX2": tile.crpix},
        **_scales(tile),
        **{"BAND": band, "WAVELEN": WAVELENGTH[band], "BUNIT": UNITS[product]},
        **{"MAGZP": MAGZP[band], "MAGZPUNC": MAGZPUNC[band]},
    }


def _scales(tile: Tile) -> dict[str, Value]:
    if tile.matrix:
        return {"CD1_1": -PIXEL, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": PIXEL}
    return {"CDELT1": -PIXEL, "CDELT2": PIXEL, "CROTA2": 0.0}


def _card(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return f"{name:<8}= {'T' if value else 'F':>20}"
    if isinstance(value, str):
        return f"{name:<8}= '{value:<8}'"
    return f"{name:<8}= {value!r:>20}"
