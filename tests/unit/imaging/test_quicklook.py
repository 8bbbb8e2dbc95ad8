"""Quicklooks against the original program's streams and decoder, and against astropy's reader."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.fits.hdu.compressed._compression import decompress_hcompress_1_c

from skybatch.errors import SourceDamaged, SourceDiffers, SourceError, SourceUnsupported
from skybatch.fits.pixel_box import PixelBox, cutout_bytes
from skybatch.fits.provenance import Origin
from skybatch.imaging.quicklook import (
    compress_quicklook,
    cut_quicklook,
    decompress_quicklook,
    read_quicklook_header,
)
from tests.support.images import fits_oracle
from tests.support.images.fits_files import gzipped, make_image

SURVEY = ("ji0880044", "ji1010266", "ji1060021", "ji1420186")
SHAPES = [(512, 1024), (512, 829), (511, 698), (64, 48), (37, 41), (5, 4), (4, 400)]
BOXES = [PixelBox(0, 0, 1, 1), PixelBox(3, 1, 2, 3), PixelBox(0, 2, 4, 2)]
ORIGIN = Origin("made.fits.H")


def made(nx: int, ny: int, **options: Any) -> bytes:
    return make_image(nx=nx, ny=ny, seed=nx * ny, **options)


def tiled(image: bytes, tile: tuple[int, int] | None, **options: Any) -> bytes:
    """A tiled Quicklook as astropy writes it, of pixels rounded to 16 bits; ``tile`` is (columns, rows)."""
    hdu = fits_oracle.opened(image)
    pixels = np.clip(np.rint(np.nan_to_num(hdu.data)), -32768, 32767).astype(np.int16)
    shape = None if tile is None else tile[::-1]
    settings = {"compression_type": "HCOMPRESS_1", "hcomp_scale": 4, "tile_shape": shape, **options}
    stored = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(pixels, hdu.header, **settings)]).writeto(stored)
    return stored.getvalue()


def stream_of(stored: bytes) -> bytes:
    return stored[80 * (len(fits_oracle.cards(stored)) + 1) :]


def astropys(stored: bytes) -> Any:
    """What astropy decodes of the original program's stream, its sum widened by hand."""
    stream, header = stream_of(stored), read_quicklook_header(stored)
    wide = stream[:14] + (b"\xff" if stream[14] >> 7 else b"\0") * 4 + stream[14:] + bytes(100_000)
    data = decompress_hcompress_1_c(wide, header.naxis2, header.naxis1, 0, 0, 4)
    return np.frombuffer(data, np.int32).reshape(header.naxis2, header.naxis1)


@pytest.mark.parametrize("name", SURVEY)
def test_survey_streams_read_as_the_original_program_does(name: str, survey_data: Path) -> None:
    stored = (survey_data / "quicklook" / f"{name}.fits.H").read_bytes()
    theirs = gzip.decompress((survey_data / "quicklook" / f"{name}.decoded.fits.gz").read_bytes())
    ours, expected = fits_oracle.opened(decompress_quicklook(stored)), fits_oracle.opened(theirs)
    assert ours.data.dtype == np.dtype(">i2")
    assert np.array_equal(ours.data, expected.data)
    assert (
        fits_oracle.cards(decompress_quicklook(stored))[:-2]
        == fits_oracle.cards(theirs)
        == fits_oracle.cards(stored)
    )


@pytest.mark.parametrize("name", SURVEY)
def test_our_streams_are_the_original_programs_byte_for_byte(name: str, survey_data: Path) -> None:
    atlas = next((survey_data / "archive").rglob(f"{name}.fits.gz"))
    assert (
        compress_quicklook(atlas.read_bytes()) == (survey_data / "quicklook" / f"{name}.fits.H").read_bytes()
    )


@pytest.mark.parametrize(("nx", "ny"), SHAPES)
def test_what_we_write_astropy_and_we_read_alike(nx: int, ny: int) -> None:
    stored = compress_quicklook(gzipped(made(nx, ny)))
    assert np.array_equal(fits_oracle.opened(decompress_quicklook(stored)).data, astropys(stored))
    assert decompress_quicklook(gzipped(stored)) == decompress_quicklook(stored)


@pytest.mark.parametrize("scale", [0, 1])
def test_no_scale_no_loss(scale: int) -> None:
    image = make_image(nx=60, ny=50, seed=3)
    expected = np.rint(np.nan_to_num(fits_oracle.opened(image).data))
    assert np.array_equal(
        fits_oracle.opened(decompress_quicklook(compress_quicklook(image, scale))).data, expected
    )


def test_pixels_beyond_16_bits_are_clipped() -> None:
    image = bytearray(make_image(nx=8, ny=8, seed=1))
    image[4 * 2880 : 4 * 2880 + 12] = np.array([1e9, -1e9, np.inf], ">f4").tobytes()
    pixels = fits_oracle.opened(decompress_quicklook(compress_quicklook(bytes(image), 1))).data
    assert pixels[0, :4].tolist() == [32767, -32768, 32767, 0]


def tile_side(side: int, naxis: int) -> int:
    """The side of a tile that leaves none of fewer than 4 pixels at the edge."""
    side = max(4, min(side, naxis))
    return naxis if naxis % side in (1, 2, 3) else side


@pytest.mark.parametrize(("nx", "ny"), SHAPES)
@pytest.mark.parametrize("tile", [None, (512, 16), (100, 100), (16, 7)])
@pytest.mark.parametrize("smooth", [False, True])
def test_tiles_of_any_shape(nx: int, ny: int, tile: tuple[int, int] | None, smooth: bool) -> None:
    if tile is not None:  # cfitsio compresses no tile with a side below 4
        tile = tile_side(tile[0], nx), tile_side(tile[1], ny)
    stored = tiled(made(nx, ny), tile, hcomp_smooth=smooth)
    expected = fits.open(io.BytesIO(stored))[1].data
    assert np.array_equal(fits_oracle.opened(decompress_quicklook(stored)).data, expected)
    box = PixelBox(nx // 2, ny // 3, nx - nx // 2, max(ny // 4, 1))
    cutout = fits_oracle.opened(next(cut_quicklook(stored, [box], ORIGIN)))
    assert np.array_equal(cutout.data, expected[box.y0 : box.y0 + box.ny, box.x0 :])


@pytest.mark.parametrize("options", [["-w"], ["-t", "512,16"]])
def test_tiles_as_cfitsio_writes_them(options: list[str], tmp_path: Path) -> None:
    if shutil.which("fpack") is None:
        pytest.skip("fpack is not installed (package libcfitsio-bin)")
    image = tmp_path / "image.fits"
    image.write_bytes(make_image(nx=512, ny=829, bitpix=16, cards={"HISTORY": "made = once (or twice)"}))
    subprocess.run(["fpack", "-h", "-s", "4", *options, str(image)], check=True, capture_output=True)
    stored = (tmp_path / "image.fits.fz").read_bytes()
    ours, expected = fits_oracle.opened(decompress_quicklook(stored)), fits.open(io.BytesIO(stored))[1]
    assert np.array_equal(ours.data, expected.data)
    before, after = fits_oracle.cards(image.read_bytes()), fits_oracle.cards(decompress_quicklook(stored))
    assert [card for card in after if card not in before and b"COMPRES" not in card] == after[-1:]
    assert set(before) <= set(after)


def test_header_of_tiles_is_the_images() -> None:
    image = made(64, 48)
    restored, original = (
        fits_oracle.opened(decompress_quicklook(tiled(image, (64, 16)))).header,
        fits_oracle.opened(image).header,
    )
    assert restored["BITPIX"] == 16
    for keyword in set(original) - {"BITPIX", "EXTEND", "COMMENT"}:  # astropy drops EXTEND
        assert restored[keyword] == original[keyword]
    unknown = set(restored) - set(original) - {"LOSSY"}
    assert not unknown


@pytest.mark.parametrize("storage", ["stream", "tiles"])
def test_cutouts(storage: str) -> None:
    image = made(512, 829, rotation=3.0)
    stored = compress_quicklook(image) if storage == "stream" else tiled(image, (512, 16))
    whole = fits_oracle.opened(decompress_quicklook(stored))
    boxes = [*BOXES, PixelBox(500, 820, 12, 9), PixelBox(0, 0, 512, 829), PixelBox(100, 300, 50, 50)]
    for box, cutout in zip(boxes, cut_quicklook(stored, boxes, ORIGIN), strict=True):
        hdu = fits_oracle.opened(cutout)
        fits_oracle.assert_same_pixels(hdu, whole, box)
        fits_oracle.assert_same_sky(fits_oracle.wcs(hdu), fits_oracle.wcs(whole), box)
        assert len(cutout) == cutout_bytes(4, box, 16)
        if storage == "stream":
            fits_oracle.assert_same_cards(cutout, stored, more=2)


@pytest.mark.parametrize("storage", ["stream", "tiles"])
def test_everything_made_of_one_says_that_it_is_lossy(storage: str) -> None:
    stored = compress_quicklook(made(64, 48)) if storage == "stream" else tiled(made(64, 48), (64, 16))
    for image in (decompress_quicklook(stored), *cut_quicklook(stored, BOXES, ORIGIN)):
        header = fits_oracle.opened(image).header
        assert header["LOSSY"] == "HCOMPRESS scale 4"
        assert "not for photometry" in str(header["COMMENT"])


def test_cutting_rows_decodes_only_their_tiles() -> None:
    stored = bytearray(tiled(made(64, 48), (64, 16)))
    last_tile = bytes(stored).rfind(b"\xdd\x99")
    stored[last_tile] ^= 0xFF
    assert len(list(cut_quicklook(bytes(stored), [PixelBox(0, 0, 64, 32)], ORIGIN))) == 1
    with pytest.raises(SourceDamaged):
        cut_quicklook(bytes(stored), [PixelBox(0, 0, 64, 33)], ORIGIN)


def test_a_box_outside_is_another_image() -> None:
    with pytest.raises(SourceDiffers):
        cut_quicklook(compress_quicklook(made(64, 48)), [PixelBox(60, 0, 5, 1)], ORIGIN)


SMALL = compress_quicklook(make_image(nx=64, ny=48, seed=5))
STREAM = len(SMALL) - len(stream_of(SMALL))


def with_bytes(place: int, new: bytes, stored: bytes = SMALL) -> bytes:
    return stored[:place] + new + stored[place + len(new) :]


BAD = {
    "empty": (b"", SourceDamaged),
    "not FITS": (b"<html>" * 4000, SourceDamaged),
    "no stream": (SMALL[:STREAM], SourceUnsupported),
    "wrong magic": (with_bytes(STREAM, b"\xde"), SourceUnsupported),
    "stream of 10 bytes": (SMALL[: STREAM + 10], SourceDamaged),
    "more rows in the stream": (with_bytes(STREAM + 2, b"\0\0\1"), SourceDamaged),
    "no columns in the stream": (with_bytes(STREAM + 6, b"\0\0\0\0"), SourceDamaged),
    "200 bit planes": (with_bytes(STREAM + 18, b"\xc8"), SourceDamaged),
    "negative scale": (with_bytes(STREAM + 10, b"\xff"), SourceDamaged),
    "half a stream": (SMALL[: (STREAM + len(SMALL)) // 2], SourceDamaged),
    "signs missing": (SMALL[:-8], SourceDamaged),
    "a float header": (SMALL.replace(b"      16 /", b"     -32 /", 1), SourceUnsupported),
    "10 GB": (
        SMALL.replace(b"   64 /", b"65536 /", 1).replace(b"   48 /", b"80000 /", 1)[:STREAM]
        + with_bytes(2, (80000).to_bytes(4, "big") + (65536).to_bytes(4, "big"), SMALL[STREAM:]),
        SourceUnsupported,
    ),
    "an Atlas image": (make_image(nx=8, ny=8), SourceUnsupported),
    "other compression": (tiled(made(64, 48), None, compression_type="RICE_1"), SourceUnsupported),
    "tiles without rows": (
        tiled(made(64, 48), (64, 16)).replace(
            b"ZTILE2  =                   16", b"ZTILE2  =                    0"
        ),
        SourceDamaged,
    ),
    "cut tiles": (tiled(made(64, 48), (64, 16))[:-2880], SourceDamaged),
}


@pytest.mark.parametrize("name", BAD)
def test_one_typed_error_each(name: str) -> None:
    stored, kind = BAD[name]
    with pytest.raises(SourceError) as caught:
        decompress_quicklook(stored)
    assert type(caught.value) is kind, caught.value


def test_threads_do_not_mix_their_streams() -> None:
    streams = [compress_quicklook(made(300, 200 + n)) for n in range(8)]
    expected = [decompress_quicklook(stream) for stream in streams]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            assert list(threads.map(decompress_quicklook, streams)) == expected
            assert (
                list(threads.map(compress_quicklook, [made(40, 40)] * 8))
                == [compress_quicklook(made(40, 40))] * 8
            )


def test_quicklooks_are_made_of_floats_with_sides() -> None:
    with pytest.raises(SourceUnsupported, match="BITPIX 16"):
        compress_quicklook(make_image(nx=8, ny=8, bitpix=16))
    with pytest.raises(SourceUnsupported, match="4 pixels"):
        compress_quicklook(make_image(nx=100, ny=3))


def alter(count: int, *files: Path) -> Any:
    command = [sys.executable, "-m", "tests.support.images.alter_streams", str(count), *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_5000_altered_streams_neither_crash_nor_hang_nor_leak(tmp_path: Path) -> None:
    image = made(96, 128)
    for name, stored in (("one.H", compress_quicklook(image)), ("two.fz", tiled(image, (96, 16)))):
        (tmp_path / name).write_bytes(stored)
    report = alter(5000, tmp_path / "one.H", tmp_path / "two.fz")
    assert set(report["outcomes"]) == {"read", "source_damaged", "source_unsupported"}
    assert sum(report["outcomes"].values()) == 5000
    assert report["grown_kb"] < 4000


def test_altered_survey_streams(survey_data: Path) -> None:
    report = alter(100, *sorted((survey_data / "quicklook").glob("*.fits.H")))
    assert report["outcomes"]["source_damaged"] > 20
    assert report["grown_kb"] < 4000


def test_quicklooks_start_without_astropy() -> None:
    """It is imported where a stream is decoded."""
    code = "import sys, skybatch.imaging.quicklook; print('astropy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
