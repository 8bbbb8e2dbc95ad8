"""A made tree of an observatory: images of every kind of WCS, frame, pixel type and file, one field each."""

from __future__ import annotations

import io
from functools import cache, partial
from typing import Any

import numpy as np
from astropy.io import fits

from skybatch.surveys.description.reader import read_survey
from tests.support.images.fits_files import gzipped
from tests.support.survey.descriptions import known_survey
from tests.support.survey.wcs_kinds import KINDS, bent_header
from tests.support.survey.wcs_oracle import Cards

DESCRIPTION = """\
schema = 1
id = "obs"
title = "Images of an Observatory"
short = "OBS"
dataset = [{ path = "obs/images", title = "Images" }]
band = [{ id = "x", label = "X", wave = [5.0e-7, 4.0e-7, 6.0e-7] }]
[place]
prefix = "obs/"
[fields]
name = { match = "[a-z0-9]{1,20}" }
[set]
fields = ["name"]
id = "{name}"
[product.image]
title = "Image"
key = "{name}"
bitpix = 0
forms = ["fits", "fits.gz", "fits.fz"]
[header]
frame = "ICRS"
any_frame = true
"""
SURVEY = read_survey(DESCRIPTION, "obs.toml")
known_observatory = partial(known_survey, SURVEY)
NX, NY = 300, 200
FRAMES = ("ICRS", "FK5", "galactic")
TYPES = ("u1", "i2", "i4", "f4", "f8")


@cache
def headers() -> dict[str, Cards]:
    """The cards of each image, by name; poles and right ascension 0 among their places."""
    rng = np.random.default_rng(11)
    places = [(10.0, 5.0), (0.001, -40.0), (200.0, 89.9), (77.0, 60.0), (359.9999, 0.0), (30.0, -89.95)]
    made: dict[str, Cards] = {}
    for n, kind in enumerate([*KINDS, "TAN", "SIN", "TAN-SIP", "TPV"]):
        ra, dec = places[n % len(places)]
        frame = FRAMES[n % 3] if kind not in ("TAN-SIP", "TPV") else FRAMES[(n + 1) % 3]
        cards = bent_header(kind, ra, 0.0 if kind == "CAR" else dec, rng, frame)
        cards |= {"CRPIX1": float(rng.uniform(-200, 400)), "CRPIX2": float(rng.uniform(-200, 300))}
        made[f"n{n}{kind.lower().replace('-', '')}"] = cards
    return made


def pixels(number: int) -> np.ndarray[Any, Any]:
    """The pixels of an image by its number."""
    values = np.random.default_rng(number).normal(100.0, 9.0, (NY, NX))
    return values.astype(TYPES[number % len(TYPES)])


@cache
def images() -> dict[str, bytes]:
    """The files by key: primary images, extensions, gzip, tiles."""
    made = {}
    for number, (name, cards) in enumerate(headers().items()):
        header, data = fits.Header(cards), pixels(number)
        if number % 4 == 3:
            hdu: Any = fits.CompImageHDU(data, header, compression_type="GZIP_2", quantize_level=0.0)
        elif number % 4 == 2:
            hdu = fits.ImageHDU(data, header)
        else:
            hdu = fits.PrimaryHDU(data, header)
        file = io.BytesIO()
        fits.HDUList([hdu] if isinstance(hdu, fits.PrimaryHDU) else [fits.PrimaryHDU(), hdu]).writeto(file)
        content = file.getvalue()
        made[f"obs/{name}.fits.gz" if number % 4 == 1 else f"obs/{name}.fits"] = (
            gzipped(content) if number % 4 == 1 else content
        )
    return made
