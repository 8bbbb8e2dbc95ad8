"""A 50 arcsec crop from a plain AllWISE tile of 67 MB over HTTP, beside astropy's ``.section`` by fsspec.

The server is on this machine; each of its answers waits as long as S3's take. Pixels and coordinates of both
are verified equal before anything is timed.
"""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import Cutout2D
from astropy.wcs import WCS
from obstore.store import S3Store

from skybatch.fits.pixel_box import PixelBox
from skybatch.inventory.stored_image import StoredImage
from skybatch.surveys.image_type import ImageType
from tests.bench.harness import Bench, median_ms
from tests.support.images.fits_files import make_image
from tests.support.servers.range_server import RangeServer, range_server
from tests.support.survey.described.allwise_tree import CARDS, CDELT

PIXELS, SIZE = 4095, 50.0
PLACE = (314.30417, 77.595559)
KEY = "31/3143/3143p772_ac51/3143p772_ac51-w1-int-3.fits"
# Seconds until S3 answers, and bytes a second of one of its streams, as both are known to be.
DELAY, RATE = 0.02, 80e6
REPEATS = 7


def run(bench: Bench) -> None:
    """Bytes, requests and time of one crop."""
    with range_server(_tile(), DELAY, RATE) as server:
        image = StoredImage(_store(server), KEY, ImageType.ATLAS)
        name = "crop of 50 arcsec from a tile of 67 MB"
        ours = _measured(bench, f"{name}, ours", server, lambda: _ours(image))
        if importlib.util.find_spec("aiohttp") is None:
            bench.skip("astropy through fsspec: aiohttp is not installed")
            return
        _verify(_ours(image), _astropy(server))
        _measured(bench, f"{name}, astropy's .section", server, lambda: _astropy(server), than=ours)


def _tile() -> bytes:
    cards: dict[str, float] = {"CDELT1": -CDELT, "CDELT2": CDELT}
    return make_image(*PLACE, nx=PIXELS, ny=PIXELS, rotation=0.0, cards=cards, total_cards=CARDS)


def _measured(
    bench: Bench, name: str, server: RangeServer, call: Callable[[], object], than: float | None = None
) -> float:
    server.forget()
    call()
    bench.add(f"{name}: bytes", server.bytes_sent / 1e6, unit="MB")
    bench.add(f"{name}: requests", server.requests, unit="")
    taken = median_ms(call, REPEATS)
    bench.add(f"{name}: time", taken, reference=than)
    return taken


def _store(server: RangeServer) -> S3Store:
    return S3Store(
        "bucket", endpoint=server.url, skip_signature=True, client_options={"allow_http": True}, region="x"
    )


def _ours(image: StoredImage) -> bytes:
    middle, across = (PIXELS + 1) / 2, SIZE / 3600 / CDELT
    box = PixelBox.around(middle, middle, across, across, PIXELS, PIXELS)
    return next(replace(image).crops([box]))  # a copy knows nothing of the file yet


def _astropy(server: RangeServer) -> Cutout2D:
    with fits.open(f"{server.url}/{KEY}", use_fsspec=True, cache=False) as hdus:
        wcs, position = WCS(hdus[0].header), SkyCoord(*PLACE, unit="deg", frame="fk5")
        return Cutout2D(hdus[0].section, position, SIZE * u.arcsec, wcs=wcs)


def _verify(crop: bytes, other: Cutout2D) -> None:
    """Raise where both have not the same pixels at the same place."""
    with fits.open(io.BytesIO(crop)) as hdus:
        data, wcs = np.array(hdus[0].data), WCS(hdus[0].header)
    x, y = (round(float(each)) for each in other.wcs.wcs.crpix - wcs.wcs.crpix)
    rows, columns = min(data.shape[0], other.shape[0]) - abs(y), min(data.shape[1], other.shape[1]) - abs(x)
    ours = data[max(-y, 0) :, max(-x, 0) :][:rows, :columns]
    theirs = other.data[max(y, 0) :, max(x, 0) :][:rows, :columns]
    np.testing.assert_array_equal(ours, theirs)
