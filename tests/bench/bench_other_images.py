"""Crops of 50 pixels from images in RICE tiles and with SIP polynomials, beside astropy and astrocut.

All read a file in the cache of the system and give a whole FITS file; that they are equal is verified first.
"""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.imaging.cutout import cut_ranged
from tests.bench.bench_imaging import in_turns
from tests.bench.harness import Bench
from tests.support.survey.wcs_kinds import bent_header
from tests.support.survey.wcs_oracle import Cards

BOX = PixelBox(1200, 2600, 50, 50)
ORIGIN = Origin("parent.fits")
Crop = Callable[[], bytes]


def run(bench: Bench) -> None:
    """Both kinds, of the size of a detector of a large camera."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(1)
    pixels = rng.normal(1000.0, 20.0, (4096, 2048)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        rice, sip = Path(folder) / "rice.fits", Path(folder) / "sip.fits"
        cards = bent_header("TAN-SIP", 150.0, 2.0, rng)
        compressed = fits.CompImageHDU(
            pixels, header(cards), quantize_level=16.0, quantize_method=1, dither_seed=7
        )
        fits.HDUList([fits.PrimaryHDU(), compressed]).writeto(rice)
        fits.PrimaryHDU(pixels, header(cards)).writeto(sip)
        measure(bench, "RICE tiles of quantized floats", rice, 1)
        measure(bench, "a plain TAN-SIP image", sip, 0)


def header(cards: Cards) -> fits.Header:
    """The cards as a header."""
    return fits.Header(cards)


def measure(bench: Bench, what: str, file: Path, hdu: int) -> None:
    """Ours beside all that there are."""
    calls: dict[str, Crop] = {
        "ours": lambda: ours(file),
        "astropy's .data": lambda: astropys(file, hdu, lambda parent: parent.data),
        "astropy's .section": lambda: astropys(file, hdu, lambda parent: parent.section),
    }
    try:
        calls["astrocut"] = astrocuts(file, hdu)
    except ImportError:
        bench.skip("astrocut is not installed (the extra 'bench')")
    for name, call in calls.items():
        assert_equal(name, calls["ours"](), call())
    least = {"astropy's .data": 5.0, "astropy's .section": 1.0, "astrocut": 1.0}
    for name in list(calls)[1:]:
        ms = in_turns({"ours": calls["ours"], name: calls[name]}, 15)
        title = f"crop from {what}, beside {name}"
        bench.add(title, ms["ours"], reference=ms[name], ratio_at_least=least.get(name))


def ours(file: Path) -> bytes:
    """A crop by ranges of the file."""
    with file.open("rb") as opened:

        def read_range(start: int, length: int) -> bytes:
            opened.seek(start)
            return opened.read(length)

        return next(cut_ranged(read_range, file.stat().st_size, [BOX], ORIGIN))


def astropys(file: Path, hdu: int, pixels: Callable[[Any], Any]) -> bytes:
    """The same box, its reference pixel moved."""
    with fits.open(file) as hdus:
        part = pixels(hdus[hdu])[BOX.y0 : BOX.y0 + BOX.ny, BOX.x0 : BOX.x0 + BOX.nx]
        cards = hdus[hdu].header.copy()
        cards["CRPIX1"] -= BOX.x0
        cards["CRPIX2"] -= BOX.y0
        written = io.BytesIO()
        fits.PrimaryHDU(part, cards).writeto(written)
    return written.getvalue()


def astrocuts(file: Path, hdu: int) -> Crop:
    """The cutout about the same place."""
    from astrocut import fits_cut

    with fits.open(file) as hdus:
        system = WCS(hdus[hdu].header)
    # A quarter of a pixel beyond the middle, which lies between two pixels: rounding then goes one way.
    centre = system.pixel_to_world(BOX.x0 + BOX.nx / 2 - 0.25, BOX.y0 + BOX.ny / 2 - 0.25)

    def crop() -> bytes:
        (hdus,) = fits_cut([str(file)], centre, [BOX.nx, BOX.ny], extension=hdu, memory_only=True)
        written = io.BytesIO()
        hdus.writeto(written)
        return written.getvalue()

    return crop


def assert_equal(name: str, mine: bytes, theirs: bytes) -> None:
    """Equal pixels, and equal coordinates at the corners."""
    with fits.open(io.BytesIO(mine)) as own, fits.open(io.BytesIO(theirs)) as other:
        image = next(each for each in other if each.data is not None)
        assert np.array_equal(own[0].data, image.data), f"{name} cuts other pixels"
        corners = np.array([[1.0, 1.0], [BOX.nx, BOX.ny]])
        places = [WCS(each.header).all_pix2world(corners, 1) for each in (own[0], image)]
        assert np.abs(places[0] - places[1]).max() < 1e-6, f"{name} has other coordinates"
