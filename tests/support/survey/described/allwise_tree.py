"""A tree of made tiles named and headed as those of the AllWISE Atlas are.

``.fits`` and ``.fits.gz`` of each intensity image, uncertainty and coverage as ``.fits.gz``, checksums beside
them. The first tile has CDELT and CROTA2 as the Atlas has them, the second a CD matrix.
"""

from __future__ import annotations

from skybatch.storage.trees import Tree
from skybatch.surveys.catalogue import packaged_description
from skybatch.surveys.description.reader import read_survey
from tests.support.images.fits_files import CardValue, gzipped, make_image

SURVEY = read_survey(packaged_description("allwise"), "allwise.toml")
PREFIX, ADDRESS = "wise/allwise/images/p3am_cdd/", "wise/allwise/p3am_cdd/"
# The scale of the Atlas, and its header's two blocks.
CDELT, CARDS = 0.0003819444391411, 70
PIXELS = 128
# Both show the tutorial's star.
STAR = (314.30417, 77.595559)
TILES = {"3139p772_ac51": (314.25, 77.6), "3143p772_ac51": (314.32, 77.59)}
MAGZP, MAGZPUNC = {1: 20.5, 2: 19.5, 3: 18.0, 4: 13.0}, {1: 0.006, 2: 0.007, 3: 0.012, 4: 0.012}


def stem(tile: str, band: int, product: str = "int") -> str:
    """The key of a tile's file below its table, without ending."""
    return f"{tile[:2]}/{tile[:4]}/{tile}/{tile}-w{band}-{product}-3"


def key(tile: str, band: int, product: str = "int", ending: str = "fits") -> str:
    """The key of a tile's file in the bucket."""
    return f"{PREFIX}{stem(tile, band, product)}.{ending}"


def address(tile: str, band: int, product: str = "int", ending: str = "fits") -> str:
    """The archive's path of a tile's file."""
    return f"{ADDRESS}{stem(tile, band, product)}.{ending}"


def tile_image(
    tile: str, band: int, product: str = "int", *, pixels: int = PIXELS, **cards: CardValue | None
) -> bytes:
    """A made image of a tile."""
    ra, dec = TILES[tile]
    seed = band + 10 * ("int", "unc", "cov").index(product) + 100 * list(TILES).index(tile)
    said = {**_header(tile, band), **cards}
    return make_image(ra, dec, nx=pixels, ny=pixels, rotation=0.0, seed=seed, cards=said, total_cards=CARDS)


def _header(tile: str, band: int) -> dict[str, CardValue | None]:
    own: dict[str, CardValue | None] = {
        **dict.fromkeys(("ORDATE", "SCANNO", "TELNAME", "FILTER", "UT_DATE", "SEESH", "TYPE", "UT")),
        "COADDID": tile, "BAND": band, "MAGZP": MAGZP[band], "MAGZPUNC": MAGZPUNC[band],
        "CDELT1": -CDELT, "CDELT2": CDELT,
    }  # fmt: skip
    if list(TILES).index(tile) % 2 == 0:
        return own
    matrix = {"CD1_1": -CDELT, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": CDELT}
    return {**own, **dict.fromkeys(("CDELT1", "CDELT2", "CROTA2")), **matrix}


def fill(tree: Tree, tiles: tuple[str, ...] = tuple(TILES), pixels: int = PIXELS) -> None:
    """Write the files of tiles as the public bucket has them."""
    for tile in tiles:
        for band in MAGZP:
            plain = tile_image(tile, band, pixels=pixels)
            files = {"int.fits": plain, "int.fits.gz": gzipped(plain)}
            for product in ("unc", "cov"):
                files[f"{product}.fits.gz"] = gzipped(tile_image(tile, band, product, pixels=pixels))
            for name, content in files.items():
                product, _, ending = name.partition(".")
                tree.write(key(tile, band, product, ending), content)
                tree.write(f"{key(tile, band, product, ending)}.md5", b"0" * 32)
        tree.write(f"{PREFIX}{tile[:2]}/{tile[:4]}/{tile}/{tile}-mdex.tbl", b"|x|\n")
