"""Which tiles the made Atlas has, and their geometry."""

from __future__ import annotations

from dataclasses import dataclass

BANDS = (1, 2, 3, 4)
PIXEL = 0.0003819444391411  # deg, as the Atlas has it: 1.375 arcsec
PIXELS = 1024
TRUE_PIXELS = 4095
# What every identifier of the AllWISE release ends with.
RELEASE = "_ac51"


@dataclass(frozen=True)
class Tile:
    """One tile: its centre (FK5 degrees), its sides in pixels, and whether its header has a CD matrix.

    The Atlas itself has CDELT and CROTA2; other surveys have the matrix.
    """

    ra: float
    dec: float
    matrix: bool = False
    pixels: int = PIXELS

    @property
    def coadd_id(self) -> str:
        """Identifier as the Atlas has it: tenths of degrees of the centre."""
        ra, dec = round(self.ra * 10), round(self.dec * 10)
        return f"{ra:04d}{'m' if dec < 0 else 'p'}{abs(dec):03d}{RELEASE}"

    @property
    def crpix(self) -> float:
        """The reference pixel of both axes: the middle."""
        return (self.pixels + 1) / 2


# The star 314.30417 +77.595559 in two tiles, M 83 in two, and the two that the survey's own example names.
TILES = (
    Tile(314.2, 77.5),
    Tile(314.5, 77.7, matrix=True),
    Tile(204.2, -29.9),
    Tile(204.4, -29.8, matrix=True),
    Tile(38.4, 65.1),
    Tile(83.5, -6.1),
)
FEW = (TILES[0], TILES[3])
# As large as a tile of the Atlas is.
TRUE_SIZE = Tile(314.2, 77.5, pixels=TRUE_PIXELS)
