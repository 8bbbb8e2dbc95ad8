"""One 50 arcsec crop, a hundred, a Quicklook and a cold import, beside what others take for the same.

Everything compared is measured in turns in one process, so that a busy machine is busy for all of them,
and its results are verified equal in pixels and coordinates before anything is timed.
"""

from __future__ import annotations

import gc
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.nddata import Cutout2D
from astropy.wcs import WCS
from isal import isal_zlib

from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.stored_file import decompress_untiled, read_stored_header
from skybatch.fits.tiles import hcompress
from skybatch.imaging.cutout import cut
from skybatch.imaging.quicklook import compress_quicklook, decompress_quicklook
from tests.bench.harness import Bench
from tests.support.images import fits_oracle
from tests.support.images.fits_files import gzipped, make_image

ORIGIN = Origin("parent.fits.gz")
CENTRE, SIZE = (256.0, 512.0), 50  # of the image: the median crop of many
Calls = Mapping[str, Callable[[], Any]]


def run(bench: Bench) -> None:
    """All rows of the table of targets."""
    stored, what = source(bench)
    header = read_stored_header(stored)
    box = PixelBox.around(*CENTRE, SIZE, SIZE, header.naxis1, header.naxis2)
    with tempfile.TemporaryDirectory() as folder:
        one_of_gzip(bench, stored, box, others(bench, stored, box, Path(folder) / "parent.fits.gz"), what)
        one_of_plain(bench, decompress_untiled(stored), box, Path(folder) / "parent.fits")
    a_hundred(bench, stored)
    a_quicklook(bench, stored)
    cold_import(bench)
    memory(bench)


def source(bench: Bench) -> tuple[bytes, str]:
    """A genuine image where the machine has one, else a made one."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("SKYBATCH_DATA", root.parent / "shared" / "data"))
    files = sorted((folder / "archive").rglob("*.fits.gz"))
    if files:
        return files[0].read_bytes(), "survey_data"
    bench.skip(f"genuine survey images: none at {folder}; a made one is cut instead")
    return gzipped(make_image(), 6), "made"


def one_of_gzip(bench: Bench, stored: bytes, box: PixelBox, theirs: Calls, what: str) -> None:
    """One crop of a gzip image."""
    ours = {"ours": lambda: next(cut(stored, [box], ORIGIN))}
    ms = in_turns({**ours, "inflate": lambda: isal_zlib.decompress(stored, 31)}, 61)
    name = f"crop of a {what} .fits.gz, beside"
    bench.add(f"{name} isal's inflate of it", ms["ours"], reference=ms["inflate"], ratio_at_most=1.3)
    least = {"astropy": 5.0, "fitsio": 1.0, "astrocut": 1.0}
    for other, call in theirs.items():
        ms = in_turns({**ours, other: call}, 7 if other == "astrocut" else 31)
        bench.add(f"{name} {other}", ms["ours"], reference=ms[other], ratio_at_least=least[other])


def one_of_plain(bench: Bench, image: bytes, box: PixelBox, file: Path) -> None:
    """One crop of a plain image."""
    file.write_bytes(image)
    calls = {
        "ours": lambda: next(cut(image, [box], ORIGIN)),
        "astropy": lambda: astropys_crop(file, box),
    }
    assert_equal("astropy", calls["ours"](), calls["astropy"](), box)
    ms = in_turns(calls, 101)
    bench.add(
        "crop of a plain .fits, beside astropy",
        ms["ours"],
        reference=ms["astropy"],
        ratio_at_least=40.0,
        at_most=0.2,
    )


def a_hundred(bench: Bench, stored: bytes) -> None:
    """A hundred crops, from all over one gzip image."""
    header = read_stored_header(stored)
    places = np.random.default_rng(0).uniform((30, 30), (header.naxis1 - 30, header.naxis2 - 30), (100, 2))
    boxes = [PixelBox.around(x, y, SIZE, SIZE, header.naxis1, header.naxis2) for x, y in places]
    ms = in_turns({"ours": lambda: list(cut(stored, boxes, ORIGIN))}, 31)
    bench.add("each of 100 crops of one .fits.gz, inflate included", ms["ours"] / 100, at_most=0.12)


def a_quicklook(bench: Bench, stored: bytes) -> None:
    """A whole Quicklook restored, beside astropy's decoder on the same stream alone."""
    from astropy.io.fits.hdu.compressed._compression import decompress_hcompress_1_c

    compressed = compress_quicklook(stored)
    header = read_stored_header(stored)
    stream = hcompress.with_64bit_sum(compressed[len(header.cards) + 80 :])
    sides = header.naxis2, header.naxis1
    expected = np.frombuffer(decompress_hcompress_1_c(stream, *sides, 0, 0, 4), np.int32).reshape(sides)
    assert np.array_equal(fits_oracle.opened(decompress_quicklook(compressed)).data, expected)
    calls = {
        "ours": lambda: decompress_quicklook(compressed),
        "decoder": lambda: decompress_hcompress_1_c(stream, *sides, 0, 0, 4),
    }
    ms = in_turns(calls, 51)
    name = "whole Quicklook to plain FITS, beside astropy's decoder alone"
    bench.add(name, ms["ours"], reference=ms["decoder"], ratio_at_most=1.1)


def cold_import(bench: Bench) -> None:
    """Imports in fresh processes: what the worker needs at once, and what its first Quicklook adds to it."""
    atlas, quicklook = "import skybatch.imaging.cutout", "import skybatch.imaging.quicklook"
    name = "cold import of skybatch.imaging.cutout"
    bench.add(name, import_ms(atlas), at_most=150, target="<= 150 ms, no astropy")
    name = "import of skybatch.imaging.quicklook behind it (numpy)"
    bench.add(name, import_ms(quicklook, before=atlas), target="no astropy")


def import_ms(statement: str, before: str = "pass") -> float:
    """Median milliseconds of an import in a fresh process, which must not have brought astropy in."""
    code = (
        f"import sys, time\n{before}\nstart = time.perf_counter()\n{statement}\n"
        "print(1e3 * (time.perf_counter() - start))\nassert 'astropy' not in sys.modules"
    )
    command = [sys.executable, "-c", code]
    return statistics.median(float(subprocess.check_output(command, text=True)) for _ in range(9))


def memory(bench: Bench) -> None:
    """The most memory that a fresh process takes for 200 crops of the largest image that is inflated."""
    with tempfile.NamedTemporaryFile(suffix=".fits.gz") as file:
        file.write(gzipped(make_image(nx=4096, ny=4096)))
        code = (
            "import pathlib, re\nfrom skybatch.fits.pixel_box import PixelBox\n"
            "from skybatch.fits.provenance import Origin\n"
            "from skybatch.imaging.cutout import cut\n"
            f"stored = pathlib.Path({file.name!r}).read_bytes()\n"
            "boxes = [PixelBox(20 * i, 20 * i, 50, 50) for i in range(200)]\n"
            "assert sum(1 for _ in cut(stored, boxes, Origin('large.fits.gz'))) == 200\n"
            "print(re.search(r'VmHWM:\\s+(\\d+) kB', pathlib.Path('/proc/self/status').read_text())[1])"
        )
        peak = 2**-10 * float(subprocess.check_output([sys.executable, "-c", code], text=True))
    bench.add("200 crops of a 4096 x 4096 float image, peak of the process", peak, unit="MB", at_most=256)


def others(bench: Bench, stored: bytes, box: PixelBox, file: Path) -> dict[str, Callable[[], Any]]:
    """What cuts the same box to bytes, from a file (which is in the system's cache), as they want it."""
    file.write_bytes(stored)
    calls: dict[str, Callable[[], bytes]] = {"astropy": lambda: astropys_crop(file, box)}
    for name, make in (("fitsio", fitsios_crop), ("astrocut", astrocuts_crop)):
        try:
            calls[name] = make(file, box)
        except ImportError:
            bench.skip(f"{name} is not installed (the extra 'bench')")
    ours = next(cut(stored, [box], ORIGIN))
    for name, call in calls.items():
        assert_equal(name, ours, call(), box)
    return calls


def astropys_crop(file: Path, box: PixelBox) -> bytes:
    """``open`` + ``Cutout2D`` + write."""
    with fits.open(file) as hdus:
        middle = box.x0 + (box.nx - 1) / 2, box.y0 + (box.ny - 1) / 2
        part = Cutout2D(hdus[0].data, middle, (box.ny, box.nx), wcs=WCS(hdus[0].header))
        header = hdus[0].header.copy()
        header["CRPIX1"], header["CRPIX2"] = part.wcs.wcs.crpix
        written = io.BytesIO()
        fits.PrimaryHDU(part.data, header).writeto(written)
    return written.getvalue()


def fitsios_crop(file: Path, box: PixelBox) -> Callable[[], bytes]:
    import fitsio

    def crop() -> bytes:
        with fitsio.FITS(str(file)) as parent, fitsio.FITS("mem://", "rw") as target:
            header = parent[0].read_header()
            header["CRPIX1"] -= box.x0
            header["CRPIX2"] -= box.y0
            target.write(parent[0][box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx], header=header)
            return target.read_raw()  # type: ignore[no-any-return]

    return crop


def astrocuts_crop(file: Path, box: PixelBox) -> Callable[[], bytes]:
    from astrocut import fits_cut

    with fits.open(file) as hdus:
        system = WCS(hdus[0].header)
    centre = system.pixel_to_world(box.x0 + box.nx / 2 - 0.5, box.y0 + box.ny / 2 - 0.5)

    def crop() -> bytes:
        (hdus,) = fits_cut([str(file)], centre, [box.nx, box.ny], extension=0, memory_only=True)
        written = io.BytesIO()
        hdus.writeto(written)
        return written.getvalue()

    return crop


def assert_equal(name: str, ours: bytes, theirs: bytes, box: PixelBox) -> None:
    """Equal pixels and coordinates, wherever in the file the other program puts its image."""
    mine = fits_oracle.opened(ours)
    with fits.open(io.BytesIO(theirs)) as hdus:
        image = next(hdu for hdu in hdus if hdu.data is not None)
        assert np.array_equal(mine.data, image.data, equal_nan=True), f"{name} cuts other pixels"
        fits_oracle.assert_same_sky(WCS(mine.header), WCS(image.header), PixelBox(0, 0, box.nx, box.ny))


def in_turns(calls: Calls, rounds: int) -> dict[str, float]:
    """Median milliseconds of each call, one after the other in every round."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    for turn in range(rounds + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if turn:  # the first round warms up
                times[name].append(1e3 * (time.perf_counter() - start))
    return {name: statistics.median(taken) for name, taken in times.items()}
