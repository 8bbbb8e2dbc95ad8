"""Crops over the edges of images, padded and clipped, against astropy's Cutout2D with ``mode="partial"``."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.nddata import Cutout2D

from skybatch.fits.edge_mode import EdgeMode
from skybatch.fits.pixel_box import Crop, PixelBox, cutout_bytes
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import ReadRange
from skybatch.fits.stored_file import decompress_untiled
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.cutout import cut, cut_ranged
from skybatch.imaging.preview import scaled_image
from skybatch.imaging.quicklook import (
    compress_quicklook,
    cut_quicklook,
    cut_quicklook_ranged,
    decompress_quicklook,
)
from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles
from skybatch.imaging.tiled_cutout import cut_tiled
from tests.support.images import fits_oracle
from tests.support.images.fits_files import gzipped, make_image

NX, NY = 200, 260
ORIGIN = Origin("made.fits.gz")
# Position in FITS pixels, and size: corners, edges, centres outside, whole image, larger, inside, one pixel.
WANTED = [
    (1.0, 1.0, 50, 50),
    (200.0, 260.0, 51, 33),
    (199.7, 0.6, 40.4, 40.4),
    (0.5, 260.5, 25, 25),
    (100.0, 258.3, 30, 30),
    (-10.0, 130.2, 30, 30),
    (100.5, -14.0, 31, 31),
    (100.5, 130.5, 200, 260),
    (100.5, 130.5, 300, 300),
    (100.0, 130.0, 21, 21),
    (1.0, 1.0, 1, 1),
    (200.4, 3.0, 2, 2),
]


def reader(stored: bytes) -> ReadRange:
    return lambda start, length: stored[start : start + length]


def crops(edge: EdgeMode) -> list[PixelBox]:
    return [Crop.around(*wanted, NX, NY, edge).box for wanted in WANTED]


def partial_cutouts(parent: Any, blank: float) -> Iterator[Cutout2D]:
    """What astropy cuts; it rounds sizes up, so they are given as whole numbers of pixels."""
    system = fits_oracle.wcs(parent)
    for (x, y, _, _), box in zip(WANTED, crops(EdgeMode.PAD), strict=True):
        centre = (box.corner[0] + (box.width - 1) / 2, box.corner[1] + (box.height - 1) / 2)
        assert abs(centre[0] + 1 - x) <= 0.5
        assert abs(centre[1] + 1 - y) <= 0.5
        yield Cutout2D(parent.data, centre, (box.height, box.width), system, mode="partial", fill_value=blank)


def check_padded(files: list[bytes], parent: Any, blank: float) -> None:
    """Compare pixels, coordinates, sizes and cards with those of astropy's cutouts."""
    for box, file, theirs in zip(crops(EdgeMode.PAD), files, partial_cutouts(parent, blank), strict=True):
        hdu = fits_oracle.opened(file)
        assert np.array_equal(hdu.data, theirs.data, equal_nan=hdu.data.dtype.kind == "f")
        assert hdu.data.dtype == parent.data.dtype
        assert len(file) == cutout_bytes(4, box, hdu.header["BITPIX"])
        x, y = np.array([1.0, box.width, 1.0, box.width]), np.array([1.0, 1.0, box.height, box.height])
        apart = fits_oracle.unit_vectors(fits_oracle.wcs(hdu), x, y) - fits_oracle.unit_vectors(
            theirs.wcs, x, y
        )
        assert np.degrees(np.abs(apart)).max() * 3600 <= 1e-6
        assert hdu.header["CUTPIX"] == box.section
        is_padded = any(box.padding)
        assert hdu.header.get("CUTEDGE") == ("pad" if is_padded else None)
        assert ("BLANK" in hdu.header) is (
            is_padded and hdu.data.dtype.kind != "f"
        ) or "BLANK" in parent.header


def check_clipped(files: list[bytes], parent: Any) -> None:
    """A clipped crop is astropy's ``mode="trim"``: the part of the padded one that the image has."""
    for box, file in zip(crops(EdgeMode.CLIP), files, strict=True):
        hdu = fits_oracle.opened(file)
        fits_oracle.assert_same_pixels(hdu, parent, box)
        fits_oracle.assert_same_sky(fits_oracle.wcs(hdu), fits_oracle.wcs(parent), box)
        assert not {"CUTEDGE", "BLANK"} & set(hdu.header) - set(parent.header)


@pytest.mark.parametrize("bitpix", [-32, -64, 16, 32])
@pytest.mark.parametrize("rotation", [-0.0117, 33.0])
def test_crops_of_plain_and_gzip_images(bitpix: int, rotation: float) -> None:
    image = make_image(nx=NX, ny=NY, bitpix=bitpix, rotation=rotation)
    blank = np.nan if bitpix < 0 else -(2 ** (bitpix - 1))
    parent = fits_oracle.opened(image)
    for edge in EdgeMode:
        files = list(cut(gzipped(image), crops(edge), ORIGIN))
        assert files == list(cut_ranged(reader(image), len(image), crops(edge), ORIGIN))
        assert files == list(cut(image, crops(edge), ORIGIN))
        if edge is EdgeMode.PAD:
            check_padded(files, parent, blank)
        else:
            check_clipped(files, parent)


def test_integers_keep_the_blank_of_their_image() -> None:
    image = make_image(nx=NX, ny=NY, bitpix=16, cards={"BLANK": -999, "BSCALE": 0.5, "BZERO": 10.0})
    files = list(cut(image, crops(EdgeMode.PAD), ORIGIN))
    check_padded(files, fits_oracle.opened(image), -999)
    with fits.open(io.BytesIO(files[0])) as hdus:
        assert np.isnan(hdus[0].data[:20, :20]).all()  # astropy scales, and takes BLANK as NaN
        assert np.isfinite(hdus[0].data[-20:, -20:]).all()


def test_crops_of_lossless_tiles_are_the_same_files() -> None:
    image = make_image(nx=NX, ny=NY)
    tiled = compress_tiled(image).content
    for edge in EdgeMode:
        expected = list(cut(image, crops(edge), ORIGIN))
        assert list(cut_tiled(reader(tiled), len(tiled), crops(edge), ORIGIN)) == expected


def test_crops_of_survey_images(survey_data: Path) -> None:
    for path in sorted((survey_data / "archive").rglob("*.fits.gz"))[::5]:
        stored = path.read_bytes()
        parent = fits_oracle.opened(decompress_untiled(stored))
        rows, columns = parent.data.shape
        for x, y in [(3.3, 2.2), (columns - 1.7, rows + 8.4), (columns / 2, rows - 20.6), (-9.8, 400.1)]:
            box = Crop.around(x, y, 50, 60, columns, rows, EdgeMode.PAD).box
            (file,) = cut(stored, [box], ORIGIN)
            hdu, centre = fits_oracle.opened(file), (x - 1, y - 1)
            theirs = Cutout2D(parent.data, centre, (60, 50), fits_oracle.wcs(parent), mode="partial")
            assert np.array_equal(hdu.data, theirs.data, equal_nan=True)
            assert hdu.header["CRPIX1"] == pytest.approx(theirs.wcs.wcs.crpix[0], abs=1e-9)
            assert hdu.header["CRPIX2"] == pytest.approx(theirs.wcs.wcs.crpix[1], abs=1e-9)
            assert len(file) == cutout_bytes(4, box, -32)


@pytest.mark.parametrize("form", ["stream", "tiles"])
def test_crops_of_quicklooks(form: str) -> None:
    image = make_image(nx=NX, ny=NY)
    stored = compress_quicklook(image) if form == "stream" else compress_quicklook_tiles(image, 4).content
    parent = fits_oracle.opened(decompress_quicklook(stored))
    files = list(cut_quicklook(stored, crops(EdgeMode.PAD), ORIGIN))
    assert files == list(cut_quicklook_ranged(reader(stored), len(stored), crops(EdgeMode.PAD), ORIGIN))
    check_padded(files, parent, -32768)
    check_clipped(list(cut_quicklook(stored, crops(EdgeMode.CLIP), ORIGIN)), parent)


@pytest.mark.parametrize("bitpix", [-32, 16])
def test_previews_show_no_blank_pixels(bitpix: int) -> None:
    image = make_image(nx=NX, ny=NY, bitpix=bitpix)
    (file,) = cut(image, [Crop.around(20, 100, 80, 40, NX, NY, EdgeMode.PAD).box], ORIGIN)
    shown = scaled_image(file).pixels
    assert shown.shape == (40, 80)
    assert np.isnan(shown[:, :20]).all()
    assert np.isfinite(shown[:, 26:]).all()


def test_a_crop_of_a_padded_crop_says_where_each_was_taken_from() -> None:
    (padded,) = cut(make_image(nx=NX, ny=NY), [crops(EdgeMode.PAD)[0]], ORIGIN)
    (inner,) = cut(padded, [PixelBox(30, 30, 5, 5)], Origin("padded.fits"))
    header = fits_oracle.opened(inner).header
    assert header["CUTPIX"] == "[31:35,31:35]"
    assert "CUTEDGE" not in header
    assert sum("CUT" in str(line) for line in header["HISTORY"]) == 4


def test_checksums_stay_true() -> None:
    stored = io.BytesIO()
    fits.PrimaryHDU(np.arange(600, dtype=np.int16).reshape(30, 20)).writeto(stored, checksum=True)
    box = Crop.around(1, 1, 10, 10, 20, 30, EdgeMode.PAD).box
    (file,) = cut(stored.getvalue(), [box], ORIGIN)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fits.open(io.BytesIO(file), checksum=True)[0].verify("exception")


@pytest.mark.skipif(shutil.which("fitsverify") is None, reason="fitsverify is not installed")
@pytest.mark.parametrize("bitpix", [8, 16, 32, -32, -64])
def test_fitsverify_finds_nothing(bitpix: int, tmp_path: Path) -> None:
    image = make_image(nx=NX, ny=NY, bitpix=bitpix)
    for number, file in enumerate(cut(image, crops(EdgeMode.PAD), ORIGIN)):
        (tmp_path / f"{number}.fits").write_bytes(file)
    quicklook = cut_quicklook(compress_quicklook(make_image(nx=NX, ny=NY)), crops(EdgeMode.PAD), ORIGIN)
    (tmp_path / "quicklook.fits").write_bytes(next(quicklook))
    files = sorted(map(str, tmp_path.iterdir()))
    result = subprocess.run(["fitsverify", "-q", *files], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert result.stdout.count("verification OK") == len(files)
