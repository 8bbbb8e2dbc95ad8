"""The tiled form of Atlas images: lossless, read in parts, and never read wrongly."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceDiffers, SourceError, SourceUnsupported
from skybatch.imaging.atlas import Origin, PixelBox, cut, header_of
from skybatch.imaging.tiled import cut_tiled, plain_tiled
from skybatch.imaging.tiled_writing import Packed, pack
from tests.fits import gzipped, make_image

ORIGIN = Origin("made.fits.gz")
IMAGE = make_image(nx=100, ny=120)  # tiles of 32, 32, 32 and 24 rows
PACKED = pack(IMAGE)
BOX = PixelBox(30, 40, 20, 10)  # in the second tile alone
SHAPES = [(512, 1024), (512, 824), (512, 830), (100, 33), (64, 32), (7, 1), (1, 65)]
needs_cfitsio = pytest.mark.skipif(
    not (shutil.which("funpack") and shutil.which("fpack")), reason="funpack is not installed"
)


class Stored:
    """A stored file that counts what is read of it."""

    def __init__(self, file: bytes) -> None:
        self.file = file
        self.reads: list[tuple[int, int]] = []

    def read_range(self, start: int, length: int) -> bytes:
        self.reads.append((start, length))
        return self.file[start : start + length]

    def crops(self, boxes: list[PixelBox], heap: int | None = None) -> list[bytes]:
        return list(cut_tiled(self.read_range, len(self.file), boxes, ORIGIN, heap=heap))


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
def test_cfitsio_gives_every_genuine_original_back(genuine: Path, tmp_path: Path) -> None:
    paths = sorted((genuine / "archive").rglob("*.fits.gz"))
    assert paths
    for path in paths:
        original = subprocess.check_output(["gzip", "-dc", path])
        packed = pack(path.read_bytes())
        assert funpacked(packed.file, tmp_path) == original
        assert plain_tiled(packed.file) == original
        assert_same(packed.file, original)
        assert len(packed.file) < 0.85 * path.stat().st_size


@needs_cfitsio
@pytest.mark.parametrize(("nx", "ny"), SHAPES)
@pytest.mark.parametrize("cards", [None, 35, 36, 37, 140], ids=str)
def test_cfitsio_gives_made_originals_back(nx: int, ny: int, cards: int | None, tmp_path: Path) -> None:
    original = make_image(nx=nx, ny=ny, **({} if cards is None else {"total_cards": cards}))
    packed = pack(original)
    assert funpacked(packed.file, tmp_path) == plain_tiled(packed.file) == original
    assert_same(packed.file, original)
    assert b"CHECKSUM" not in packed.file
    assert b"DATASUM" not in packed.file


@needs_cfitsio
def test_checksums_of_the_original_stay_its_own(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with fits.open(io.BytesIO(IMAGE)) as hdus:
        hdus.writeto(buffer, checksum=True)
    original = buffer.getvalue()
    assert b"CHECKSUM=" in original
    packed = pack(original)
    assert funpacked(packed.file, tmp_path) == plain_tiled(packed.file) == original
    ours = Stored(packed.file).crops([BOX])
    assert ours == list(cut(original, [BOX], ORIGIN))


def test_every_kind_of_nan_and_zero_keeps_its_bits() -> None:
    original = bytearray(IMAGE)
    bits = [0x7FC00000, 0x7F800001, 0xFFFFFFFF, 0x80000000, 0x7F800000, 0xFF800000, 1, 0]
    start = len(original) - 2880 * (-(-48_000 // 2880))
    original[start : start + 32] = np.array(bits, ">u4").tobytes()
    packed = pack(bytes(original))
    assert plain_tiled(packed.file) == bytes(original)
    assert Stored(packed.file).crops([PixelBox(0, 0, 8, 1)])[0][-2880:][:32] == original[start : start + 32]


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
        pack(image)


# Cutouts --------------------------------------------------------------------------------------------------


def test_crops_of_genuine_images_are_the_same_files_as_from_gzip(genuine: Path) -> None:
    for path in sorted((genuine / "archive").rglob("*.fits.gz")):
        stored = path.read_bytes()
        packed = pack(stored)
        header = header_of(stored)
        boxes = random_boxes(header.naxis1, header.naxis2, 100)
        assert Stored(packed.file).crops(boxes, packed.heap) == list(cut(stored, boxes, ORIGIN)), path.name


@pytest.mark.parametrize(("nx", "ny"), SHAPES)
def test_crops_of_made_images_are_the_same_files_as_from_gzip(nx: int, ny: int) -> None:
    image = make_image(nx=nx, ny=ny)
    boxes = random_boxes(nx, ny, 60)
    assert Stored(pack(image).file).crops(boxes) == list(cut(gzipped(image), boxes, ORIGIN))


def test_two_requests_bring_one_crop_and_few_bytes(genuine: Path) -> None:
    path = next((genuine / "archive").rglob("*.fits.gz"))
    packed = pack(path.read_bytes())
    for y0 in range(0, 700, 7):
        stored = Stored(packed.file)
        stored.crops([PixelBox(200, y0, 50, 50)], packed.heap)
        assert len(stored.reads) == 2
        assert stored.reads[0] == (0, packed.heap)
        assert sum(length for _, length in stored.reads) <= 0.12 * path.stat().st_size


def test_many_crops_read_no_byte_twice() -> None:
    packed = pack(make_image())
    stored = Stored(packed.file)
    stored.crops(random_boxes(512, 1024, 50), packed.heap)
    reads = sorted(stored.reads)
    assert all(a + n <= b for (a, n), (b, _) in pairwise(reads))
    assert sum(n for _, n in reads) <= len(packed.file)


def test_far_tiles_are_fetched_apart_and_near_ones_together() -> None:
    packed = pack(make_image())
    far, near = Stored(packed.file), Stored(packed.file)
    far.crops([PixelBox(0, 0, 9, 9), PixelBox(0, 1000, 9, 9)], packed.heap)
    near.crops([PixelBox(0, 0, 9, 9), PixelBox(0, 100, 9, 9)], packed.heap)
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
    assert plain_tiled(packed) == expected


def test_an_image_that_changed_or_a_box_off_it_differs() -> None:
    with pytest.raises(SourceDiffers, match="the inventory says 9"):
        Stored(PACKED.file).crops([BOX], 9)
    with pytest.raises(SourceDiffers):
        Stored(PACKED.file).crops([PixelBox(90, 0, 20, 20)])


# Damage ---------------------------------------------------------------------------------------------------


def outcome(file: bytes, box: PixelBox = BOX) -> list[bytes] | str:
    """The crops, or the code of the error that is allowed instead."""
    try:
        return Stored(file).crops([box])
    except SourceError as error:
        return error.code


def test_no_flipped_bit_anywhere_gives_other_pixels_or_another_header() -> None:
    right = outcome(PACKED.file)
    random = np.random.default_rng(66)
    flipped = {"same": 0, "refused": 0}
    for place in random.integers(len(PACKED.file), size=6000).tolist():
        file = bytearray(PACKED.file)
        file[place] ^= 1 << int(random.integers(8))
        found = outcome(bytes(file))
        assert found == right or isinstance(found, str), f"byte {place}"
        flipped["refused" if isinstance(found, str) else "same"] += 1
    assert min(flipped.values()) > 100


def test_every_flipped_bit_of_a_tile_in_use_is_found() -> None:
    second = range(PACKED.heap + tile_bytes(0), PACKED.heap + tile_bytes(0) + tile_bytes(1))
    for place in second[10::7]:  # behind the fixed bytes of gzip's header, two of which mean nothing
        file = bytearray(PACKED.file)
        file[place] ^= 0x10
        assert outcome(bytes(file)) == "source_damaged", place


def descriptors() -> list[bytes]:
    return [PACKED.file[at : at + 8] for at in range(PACKED.table, PACKED.heap, 8)]


def tile_bytes(tile: int) -> int:
    return int.from_bytes(descriptors()[tile][:4], "big")


def with_table(rows: list[bytes], packed: Packed = PACKED) -> bytes:
    return packed.file[: packed.table] + b"".join(rows) + packed.file[packed.heap :]


def place(length: int, start: int) -> bytes:
    return length.to_bytes(4, "big") + start.to_bytes(4, "big")


LIES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "two rows swapped": lambda rows: [rows[1], rows[0], *rows[2:]],
    "a tile twice": lambda rows: [rows[0], rows[0], *rows[2:]],
    "shifted": lambda rows: [*rows[1:], rows[0]],
    "all empty": lambda rows: [place(0, 0)] * 4,
    "beyond the heap": lambda rows: [*rows[:-1], place(2**31 - 1, 0)],
    "before the heap": lambda rows: [rows[0], place(tile_bytes(1), 2**32 - 9), *rows[2:]],
    # Consecutive and within the heap, yet the second row is now the third tile.
    "a tile swallowed": lambda rows: [
        place(tile_bytes(0) + tile_bytes(1), 0),
        rows[2],
        place(tile_bytes(3) // 2, tile_bytes(0) + tile_bytes(1) + tile_bytes(2)),
        place(9, tile_bytes(0) + tile_bytes(1) + tile_bytes(2) + tile_bytes(3) // 2),
    ],
}


@pytest.mark.parametrize("lie", LIES)
def test_a_table_that_lies_is_one_error(lie: str) -> None:
    assert outcome(with_table(LIES[lie](descriptors()))) == "source_damaged"


def test_sound_tiles_in_the_wrong_place_or_image_are_refused() -> None:
    sizes = [tile_bytes(tile) for tile in range(4)]
    heap = PACKED.file[PACKED.heap : PACKED.heap + sum(sizes)]
    first, second, rest = heap[: sizes[0]], heap[sizes[0] : sum(sizes[:2])], heap[sum(sizes[:2]) :]
    rows = [place(sizes[1], 0), place(sizes[0], sizes[1]), *descriptors()[2:]]
    exchanged = PACKED.file[: PACKED.table] + b"".join((*rows, second, first, rest))
    assert outcome(exchanged) == "source_damaged"
    other = pack(make_image(nx=100, ny=120, cards={"SCANNO": 107}))
    assert len(other.file) == len(PACKED.file)
    mixed = PACKED.file[: PACKED.table] + other.file[other.table :]
    assert outcome(mixed) == "source_damaged"


def test_a_file_cut_short_anywhere_is_one_error() -> None:
    whole = Stored(PACKED.file)
    whole.crops([BOX])
    for length in [*range(0, PACKED.heap, 97), *range(PACKED.heap, len(PACKED.file) - 2880, 61)]:
        assert outcome(PACKED.file[:length]) in ("source_damaged", "source_unsupported"), length
        # The same where the size is believed and the bytes do not come.
        with pytest.raises(SourceError):
            list(cut_tiled(Stored(PACKED.file[: min(length, PACKED.heap)]).read_range, 10**6, [BOX], ORIGIN))


CLAIMS = {
    "ten gigabytes": (b"ZNAXIS2 =                  120", b"ZNAXIS2 =           2500000000"),
    "tiles without rows": (b"ZTILE2  =                   32", b"ZTILE2  =                    0"),
    "higher tiles": (b"ZTILE2  =                   32", b"ZTILE2  =                   33"),
    "narrower image": (b"ZNAXIS1 =                  100", b"ZNAXIS1 =                   99"),
    "a table of a terabyte": (b"NAXIS1  =                    8", b"NAXIS1  =        1000000000000"),
    "no rows": (b"NAXIS2  =                    4", b"NAXIS2  =                    0"),
    "another method": (b"'GZIP_2  '", b"'RICE_1  '"),
    "integers": (b"ZBITPIX =                  -32", b"ZBITPIX =                   32"),
    "no heap": (b"PCOUNT  =  ", b"PCOUNT  = -"),
    "columns of tiles": (b"ZTILE1  =                  100", b"ZTILE1  =                   50"),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_header_that_lies_is_one_error(claim: str) -> None:
    old, new = CLAIMS[claim]
    assert PACKED.file.count(old) >= 1
    assert outcome(PACKED.file.replace(old, new, 1)) in ("source_damaged", "source_unsupported")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", IMAGE, gzipped(IMAGE)], ids=["empty", "page", "plain", "gzip"]
)
def test_other_files_are_refused(body: bytes) -> None:
    assert outcome(body) in ("source_damaged", "source_unsupported")
    with pytest.raises(SourceError):
        plain_tiled(body)
