"""The addresses that contract tests ask, built as clients build them."""

from __future__ import annotations

import gzip
import io
from typing import Any
from urllib.parse import urlencode

from astropy.io import fits

RA, DEC = 314.30417, 77.595559
SIA = "/ibe/sia/twomass/allsky/allsky"
SEARCH = "/ibe/search/twomass/allsky/allsky"
INVENTORY = "/cgi-bin/2MASS/IM/nph-im_sia"
SIA2 = "/sia2/query"
LINKS = "/datalink/links"
IMAGE_ID = "ivo://skybatch/2mass?twomass/allsky/allsky/000614n/s031/image/ki0310209.fits.gz"
IMAGE_PARTS = "ds=asky&atdir=/ti08&dh=000614n&scan=031&name=ki0310209.fits"
IMAGE = "/ibe/data/twomass/allsky/allsky/000614n/s031/image/ki0310209.fits.gz"


def at(path: str, **parameters: object) -> str:
    """A path with its query."""
    return f"{path}?{urlencode(parameters)}" if parameters else path


VOTABLES = {
    "sia": at(SIA, POS=f"{RA},{DEC}", SIZE=0.5),
    "sia, nothing there": at(SIA, POS="1,-88", SIZE=0.01),
    "sia, metadata": at(SIA, FORMAT="METADATA"),
    "sia, error": at(SIA),
    "sia, overflow": at(SIA, POS=f"{RA},{DEC}", SIZE=0.5, MAXREC=1),
    "inventory": at(INVENTORY, POS=f"{RA},{DEC}", SIZE=0.1),
    "inventory, metadata": at(INVENTORY, FORMAT="METADATA"),
    "inventory, error": at(INVENTORY),
    "search": at(SEARCH, POS=f"{RA},{DEC}", RESPONSEFORMAT="VOTABLE"),
    "sia2": at(SIA2, POS=f"CIRCLE {RA} {DEC} 0.1"),
    "sia2, nothing there": at(SIA2, POS="CIRCLE 1 -88 0.1"),
    "sia2, error": at(SIA2, POS="SQUARE 1 2 3"),
    "links": at(LINKS, ID=IMAGE_ID),
    "links, unknown": at(LINKS, ID="ivo://skybatch/2mass?twomass/nothing"),
}


def first_hdu(body: bytes) -> Any:
    """The image of a FITS file, gzip-compressed or not."""
    return fits.open(io.BytesIO(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body))[0]
