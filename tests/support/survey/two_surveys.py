"""A made archive of two surveys over the same sky: 2MASS images, and larger ones of a described survey."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import obstore

from skybatch.archive.described.index import index_described
from skybatch.inventory.cache import open_inventories
from skybatch.storage.bucket_tree import BucketTree
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.known import forget, hold
from tests.support.images.fits_files import CardValue, make_image
from tests.support.survey.sample_archive import MadeArchive

# Its first two tiles hold images of both surveys, the third none of 2MASS.
TILES = {"1800p200": (180.0, 20.0), "1800p202": (180.0, 20.25), "0500p500": (50.0, 50.0)}
BOTH = ["2mass-asky", "wide"]
# Rows that both surveys cover, one of them, and none.
ROWS = """\
|ra       |dec    |size|id    |
 180.0      20.0   50   both
 180.01     20.01  null whole
 50.0       50.0   50   wide
 10.0      -89.9   50   twomass
 90.0       10.0   50   none
"""
NX, NY = 400, 400
DESCRIPTION = """
schema = 1
id = "wide"
title = "A Wide Survey"
short = "WIDE"
acknowledgement = "Made with images of the Wide Survey."
doi = "10.26131/WIDE1"
dataset = [{ path = "wide/tiles", title = "Tiles" }]
band = [
  { id = "w1", label = "W1", wave = [3.4e-6, 2.8e-6, 3.9e-6] },
  { id = "w2", label = "W2", wave = [4.6e-6, 4.0e-6, 5.3e-6] },
  { id = "w3", label = "W3", wave = [1.2e-5, 7.5e-6, 1.7e-5] },
]
[fields]
tile = { type = "text", match = "[0-9]{4}[pm][0-9]{3}" }
[set]
fields = ["tile"]
id = "{tile}"
[product.tile]
title = "Tile"
key = "{tile[0:2]}/{tile}-{band.token}"
forms = ["fits"]
[header]
wcs = ["TAN"]
frame = "ICRS"
values = { magzp = "MAGZP" }
[columns]
magzp = { of = "band", type = "double", unit = "mag", doc = "Zero point." }
[requests]
diameter = [0.1, 3.0]
colour = { bands = ["w3", "w2", "w1"], zero = "magzp", reference = "w1" }
"""
SURVEY = read_survey(DESCRIPTION, "wide.toml")


class TwoSurveys(MadeArchive):
    """2MASS images as `MadeArchive` has them, and tiles of three bands at `TILES`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for number, (tile, (ra, dec)) in enumerate(TILES.items()):
            for band in ("w1", "w2", "w3"):
                obstore.put(self.objects, tile_key(tile, band), tile_image(ra, dec, 100 + number, band))
        index_described(BucketTree(self.objects), DESCRIPTION, "wide.toml")
        self.open = open_inventories(self.objects)


def tile_key(tile: str, band: str) -> str:
    """The key of one tile's image."""
    return f"wide/wide/tiles/{tile[:2]}/{tile}-{band}.fits"


def tile_image(ra: float, dec: float, seed: int, band: str) -> bytes:
    """A made tile: TAN, pixels of 1.375 arcsec with a CD matrix and no rotation, ICRS."""
    scale = 1.375 / 3600
    cards: dict[str, CardValue | None] = {"RADESYS": "ICRS", "EQUINOX": None, "FILTER": band, "MAGZP": 20.5}
    cards |= {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CDELT1": None, "CDELT2": None, "CROTA2": None}
    cards |= {"CD1_1": -scale, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": scale}
    return make_image(ra, dec, nx=NX, ny=NY, seed=seed, cards=cards)


@contextmanager
def two_surveys() -> Iterator[TwoSurveys]:
    """The archive, its second survey known meanwhile."""
    try:
        yield TwoSurveys()
    finally:
        forget(SURVEY)
        hold([])
