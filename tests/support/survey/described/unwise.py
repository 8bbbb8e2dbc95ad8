"""unWISE, a survey of one pixel grid for four bands whose reference pixel lies outside of its images."""

from __future__ import annotations

from pathlib import Path

from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.reader import read_survey

PREFIX, TILE = "unwise-coadds/", "3460p121"
DESCRIPTION = """\
schema = 1
id = "unwise"
title = "unWISE Coadds"
short = "unWISE"
facility = "WISE"
dataset = [{ path = "unwise/coadds", title = "Coadds" }]
band = [
  { id = "w1", label = "W1", native = 1, token = "1", wave = [3.35e-6, 3.13e-6, 3.78e-6] },
  { id = "w2", label = "W2", native = 2, token = "2", wave = [4.60e-6, 4.02e-6, 5.19e-6] },
  { id = "w3", label = "W3", native = 3, token = "3", wave = [11.56e-6, 7.60e-6, 16.27e-6] },
  { id = "w4", label = "W4", native = 4, token = "4", wave = [22.09e-6, 19.84e-6, 23.36e-6] },
]

[place]
prefix = "unwise-coadds/"

[fields]
tile = { match = "[0-9]{4}[mp][0-9]{3}" }

[set]
fields = ["tile"]
id = "{tile}"

[product.image]
title = "Coadd"
key = "{tile[0:3]}/{tile}/unwise-{tile}-w{band.token}-img-m"
forms = ["fits"]
[product.invvar]
role = "link"
title = "Inverse variance"
key = "{tile[0:3]}/{tile}/unwise-{tile}-w{band.token}-invvar-m"
forms = ["fits.gz"]

[header]
wcs = ["TAN"]
frame = "FK5"
band_keyword = "BAND"
values = { magzp = "MAGZP" }

[columns]
tile = { of = "field:tile", doc = "Tile." }
magzp = { of = "band", type = "double", unit = "mag", doc = "Zero point." }
ctype1 = { of = "geometry:ctype1", doc = "Projection of axis 1." }
weight = { of = "product:invvar", doc = "URL of the inverse variance." }
"""
SURVEY = read_survey(DESCRIPTION, "unwise.toml")


def key(band: int, product: str = "img", ending: str = "fits") -> str:
    """The key of a file of the tile."""
    return f"{PREFIX}{TILE[:3]}/{TILE}/unwise-{TILE}-w{band}-{product}-m.{ending}"


def copy_images(data: Path, tree: DirectoryTree) -> None:
    """Copy the genuine images to a tree, which an index writes to."""
    for path in sorted(data.glob(f"{PREFIX}**/*.fits*")):
        tree.write(path.relative_to(data).as_posix(), path.read_bytes())
