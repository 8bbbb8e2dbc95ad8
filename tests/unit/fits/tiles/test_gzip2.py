"""The tiled form of Atlas images: lossless, read in parts, and never read wrongly."""

from __future__ import annotations

import io
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceDiffers, SourceUnsupported
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.stored_file import read_stored_header
from skybatch.fits.tiles.gzip2_reader import decompress_tiled
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.cutout import cut
from tests.support.fits_files import gzipped, make_image
from tests.support.tiled_images import BOX, IMAGE, ORIGIN, PACKED, Stored

SHAPES = [(512, 1024), (512, 824), (512, 830), (100, 33), (64, 32), (7, 1), (1, 65), (300, 70), (129, 33)]
needs_cfitsio = pytest.mark.skipif(
    not (shutil.which("funpack") and shutil.which("fpack")), reason="funpack is not installed"
)


def random_boxes(nx: int, ny: int, count: int, seed: int = 6) -> list[PixelBox]:
    random = np.random.default_rng(seed)
    boxes = []
    for _ in range(count):
        x0, y0 = int(random.integers(nx)), int(random.integers(ny))
        wide, high = int(random.integers(1, 121)), int(random.integers(1, 121))
        boxes.append(PixelBox(x0, y0, min(wide, nx - x0), min(high, ny - y0)))
    return [*boxes, PixelBox(0, 0, nx, ny), PixelBox(nx - 1, ny - 1, 1, 1)]


def funpacked(stored: bytes, folder: Path) -> bytes:
    packed, plain = folder / "image.fits.fz", folder / "image.fits"
    packed.write_bytes(stored)
    plain.unlink(missing_ok=True)
    subprocess.run(["funpack", "-C", "-O", plain, packed], check=True, capture_output=True)
    return plain.read_bytes()


def assert_same(ours: bytes, original: bytes) -> None:
    """Equal to astropy, NaNs bit for bit, where ``ours`` is the tiled file."""
    with fits.open(io.BytesIO(ours)) as tiled, fits.open(io.BytesIO(original)) as plain:
        assert tiled[1].data.astype(">f4").tobytes() == plain[0].data.astype(">f4").tobytes()
        assert tiled[1].data.shape == plain[0].data.shape
        tiled.verify("exception")


# The form itself ------------------------------------------------------------------------------------------


@needs_cfitsio
def test_cfitsio_gives_every_genuine_original_back(survey_data: Path, tmp_path: Path) -> None:
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
def test_cfitsio_gives_made_originals_back(nx: int, ny: int, cards: int | None, tmp_path: Path) -> None:
    original = make_image(nx=nx, ny=ny, **({} if cards is None else {"total_cards": cards}))
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


# Cutouts --------------------------------------------------------------------------------------------------


def test_crops_of_genuine_images_are_the_same_files_as_from_gzip(survey_data: Path) -> None:
    for path in sorted((survey_data / "archive").rglob("*.fits.gz")):
        stored = path.read_bytes()
        packed = compress_tiled(stored)
        header = read_stored_header(stored)
        boxes = random_boxes(header.naxis1, header.naxis2, 100)
        assert Stored(packed.content).crops(boxes, packed.heap_offset) == list(cut(stored, boxes, ORIGIN)), (
            path.name
        )


@pytest.mark.parametrize(("nx", "ny"), SHAPES)
def test_crops_of_made_images_are_the_same_files_as_from_gzip(nx: int, ny: int) -> None:
    image = make_image(nx=nx, ny=ny)
    boxes = random_boxes(nx, ny, 60)
    assert Stored(compress_tiled(image).content).crops(boxes) == list(cut(gzipped(image), boxes, ORIGIN))


def test_two_requests_bring_one_crop_and_few_bytes(survey_data: Path) -> None:
    path = next((survey_data / "archive").rglob("*.fits.gz"))
    packed = compress_tiled(path.read_bytes())
    for y0 in range(0, 700, 7):
        stored = Stored(packed.content)
        stored.crops([PixelBox(200, y0, 50, 50)], packed.heap_offset)
        assert len(stored.reads) == 2
        assert stored.reads[0] == (0, packed.heap_offset)
        assert sum(length for _, length in stored.reads) <= 0.12 * path.stat().st_size


def test_many_crops_read_no_byte_twice() -> None:
    packed = compress_tiled(make_image())
    stored = Stored(packed.content)
    stored.crops(random_boxes(512, 1024, 50), packed.heap_offset)
    reads = sorted(stored.reads)
    assert all(a + n <= b for (a, n), (b, _) in pairwise(reads))
    assert sum(n for _, n in reads) <= len(packed.content)


def test_far_tiles_are_fetched_apart_and_near_ones_together() -> None:
    packed = compress_tiled(make_image())
    far, near = Stored(packed.content), Stored(packed.content)
    far.crops([PixelBox(0, 0, 9, 9), PixelBox(0, 1000, 9, 9)], packed.heap_offset)
    near.crops([PixelBox(0, 0, 9, 9), PixelBox(0, 100, 9, 9)], packed.heap_offset)
    assert (len(far.reads), len(near.reads)) == (3, 2)


@needs_cfitsio
@pytest.mark.parametrize("tile", ["100,32", "100,1", "100,120"])
def test_tiles_as_cfitsio_writes_them_are_read(tile: str, tmp_path: Path) -> None:
    path = tmp_path / "image.fits"
    path.write_bytes(IMAGE)
    subprocess.run(["fpack", "-C", "-g2", "-q", "0", "-t", tile, path], check=True, capture_output=True)
    packed = (tmp_path / "image.fits.fz").read_bytes()
    boxes = random_boxes(100, 120, 30)
    expected = funpacked(packed, tmp_path)  # NaNs are not those of the image: fpack sets all their bits
    assert Stored(packed).crops(boxes) == list(cut(expected, boxes, ORIGIN))
    assert decompress_tiled(packed) == expected


def test_an_image_that_changed_or_a_box_off_it_differs() -> None:
    with pytest.raises(SourceDiffers, match="the inventory says 9"):
        Stored(PACKED.content).crops([BOX], 9)
    with pytest.raises(SourceDiffers):
        Stored(PACKED.content).crops([PixelBox(90, 0, 20, 20)])
