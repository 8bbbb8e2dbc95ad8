"""Lossless tiles as they are written: cfitsio and astropy give the original back, byte for byte."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.tiles.gzip2_reader import decompress_tiled
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.cutout import cut
from tests.support.images.fits_files import make_image
from tests.support.images.tiled_images import (
    BOX,
    IMAGE,
    ORIGIN,
    SHAPES,
    Stored,
    funpacked,
    needs_cfitsio,
)


def assert_same(ours: bytes, original: bytes) -> None:
    """Equal to astropy, NaNs bit for bit, where ``ours`` is the tiled file."""
    with fits.open(io.BytesIO(ours)) as tiled, fits.open(io.BytesIO(original)) as plain:
        assert tiled[1].data.astype(">f4").tobytes() == plain[0].data.astype(">f4").tobytes()
        assert tiled[1].data.shape == plain[0].data.shape
        tiled.verify("exception")


@needs_cfitsio
def test_cfitsio_gives_every_survey_image_back(survey_data: Path, tmp_path: Path) -> None:
    paths = sorted((survey_data / "archive").rglob("*.fits.gz"))
    assert paths
    for path in paths:
        original = subprocess.check_output(["gzip", "-dc", path])
        packed = compress_tiled(path.read_bytes())
        assert funpacked(packed.content, tmp_path) == original
        assert decompress_tiled(packed.content) == original
        assert_same(packed.content, original)
        assert len(packed.content) < 0.85 * path.stat().st_size


@needs_cfitsio
@pytest.mark.parametrize(("nx", "ny"), SHAPES)
@pytest.mark.parametrize("cards", [None, 35, 36, 37, 140], ids=str)
def test_cfitsio_gives_synthetic_images_back(nx: int, ny: int, cards: int | None, tmp_path: Path) -> None:
    original = make_image(nx=nx, ny=ny, total_cards=113 if cards is None else cards)
    packed = compress_tiled(original)
    assert funpacked(packed.content, tmp_path) == decompress_tiled(packed.content) == original
    assert_same(packed.content, original)
    assert b"CHECKSUM" not in packed.content
    assert b"DATASUM" not in packed.content


@needs_cfitsio
def test_checksums_of_the_original_stay_its_own(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with fits.open(io.BytesIO(IMAGE)) as hdus:
        hdus.writeto(buffer, checksum=True)
    original = buffer.getvalue()
    assert b"CHECKSUM=" in original
    packed = compress_tiled(original)
    assert funpacked(packed.content, tmp_path) == decompress_tiled(packed.content) == original
    ours = Stored(packed.content).crops([BOX])
    assert ours == list(cut(original, [BOX], ORIGIN))


def test_every_kind_of_nan_and_zero_keeps_its_bits() -> None:
    original = bytearray(IMAGE)
    bits = [0x7FC00000, 0x7F800001, 0xFFFFFFFF, 0x80000000, 0x7F800000, 0xFF800000, 1, 0]
    start = len(original) - 2880 * (-(-48_000 // 2880))
    original[start : start + 32] = np.array(bits, ">u4").tobytes()
    packed = compress_tiled(bytes(original))
    assert decompress_tiled(packed.content) == bytes(original)
    assert (
        Stored(packed.content).crops([PixelBox(0, 0, 8, 1)])[0][-2880:][:32] == original[start : start + 32]
    )


UNFIT = {
    "16-bit integers": make_image(nx=40, ny=40, bitpix=16),
    "a keyword of tables": make_image(nx=40, ny=40, cards={"TFIELDS": 3}),
    "a keyword of tiles": make_image(nx=40, ny=40, cards={"ZTILE1": 3}),
    "astropy's name": make_image(nx=40, ny=40, cards={"EXTNAME": "COMPRESSED_IMAGE"}),
    "filled with more than zeros": IMAGE[:-1] + b"\1",
}


@pytest.mark.parametrize("image", UNFIT.values(), ids=UNFIT)
def test_what_the_form_cannot_hold_is_refused(image: bytes) -> None:
    with pytest.raises((SourceUnsupported, SourceDamaged)):
        compress_tiled(image)
