"""Made trees of FITS images that no description describes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.io import fits

from skybatch.storage.trees import Tree
from tests.support.images.fits_files import CardValue, make_image

RA, DEC = 10.0, 5.0
NX, NY = 40, 30
PLAIN: Mapping[str, CardValue | None] = {"FILTER": None}


def an_image(**cards: CardValue | None) -> bytes:
    """Return an image of the field; without FILTER if none is given."""
    return make_image(ra=RA, dec=DEC, nx=NX, ny=NY, cards={**PLAIN, **cards}, total_cards=0)


def written(*hdus: Any) -> bytes:
    """Return a file of HDUs as astropy writes it."""
    file = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(file)
    return file.getvalue()


def header() -> fits.Header:
    """Return the header of an image of the field."""
    return fits.Header.fromstring(an_image())


def plane() -> np.ndarray[Any, Any]:
    """Return pixels of an image of the field."""
    return np.arange(NX * NY, dtype=np.float32).reshape(NY, NX)


def fill(tree: Tree, files: Mapping[str, bytes]) -> None:
    """Write files into a tree."""
    for path, content in files.items():
        tree.write(path, content)
