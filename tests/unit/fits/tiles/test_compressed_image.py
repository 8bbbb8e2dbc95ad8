"""The table of a compressed image: its columns, and what is wrong with it."""

from __future__ import annotations

import pytest

from skybatch.errors import SourceDamaged, SourceError, SourceUnsupported
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.readers import PlainReader
from skybatch.fits.tiles.compressed_image import CompressedImage, read_compressed_image
from skybatch.fits.tiles.quantization import Dither
from tests.support.images.compressed_images import compressed

FILE = compressed(-32)


def opened(file: bytes, size: int | None = None) -> CompressedImage:
    reader = PlainReader(file)
    image = find_image(reader)
    assert image.table is not None
    return read_compressed_image(
        image.header, image.table, reader, image.data_offset, len(file) if size is None else size
    )


def with_card(file: bytes, keyword: str, value: str) -> bytes:
    at = file.index(keyword.ljust(8).encode() + b"= ")
    return file[:at] + f"{keyword:8}= {value:>20}".ljust(80).encode() + file[at + 80 :]


def test_tiles_have_streams_scale_and_zero() -> None:
    image = opened(FILE)
    assert (image.compression, image.dither, image.dither_start) == ("RICE_1", Dither.FIRST, 42)
    assert len(image.rows) == 70
    assert image.stream(0)[0] == "COMPRESSED_DATA"
    assert image.stream(20)[0] == "GZIP_COMPRESSED_DATA"
    assert image.number("ZSCALE", 0) == pytest.approx(0.5, abs=0.3)
    assert image.number("ZBLANK", 0) == -2147483648.0
    assert image.number("ZNONE", 0) is None


@pytest.mark.parametrize("tform", ["'1PB(9)  '", "'1P      '", "'1PX     '"])
def test_elements_of_a_stream_are_bytes_where_their_type_has_no_size(tform: str) -> None:
    start = FILE.index(b"XTENSION")
    image = opened(FILE[:start] + with_card(FILE[start:], "TFORM1", tform))
    assert image.stream(0) == opened(FILE).stream(0)


def test_pixels_as_they_were_are_not_dithered() -> None:
    assert opened(compressed(-32, "GZIP_2", lossless=True)).dither is None
    assert opened(compressed(16)).dither is None


@pytest.mark.parametrize(
    ("keyword", "value", "kind", "named"),
    [
        ("ZCMPTYPE", "'HCOMPRESS_1'", SourceUnsupported, "HCOMPRESS_1"),
        ("ZCMPTYPE", "'PLIO_1  '", SourceUnsupported, "PLIO_1"),
        ("ZCMPTYPE", "", SourceUnsupported, "ZCMPTYPE is missing"),
        ("NAXIS2", "", SourceDamaged, "no NAXIS2"),
        ("TFORM2", "", SourceDamaged, "TFORM2 is missing"),
        ("TFORM1", "'1X      '", SourceDamaged, "COMPRESSED_DATA"),
        ("TFORM2", "'what    '", SourceDamaged, "TFORM2"),
        ("NAXIS1", "8", SourceDamaged, "bytes"),
        ("NAXIS2", "9", SourceDamaged, "tiles"),
        ("NAXIS2", "99999999", SourceError, "bytes|rows"),
        ("PCOUNT", "10", SourceDamaged, "heap"),
        ("ZTILE1", "0", SourceDamaged, "without pixels"),
        ("ZNAXIS2", "71", SourceDamaged, "tiles"),
    ],
)
def test_a_broken_table_is_one_typed_error(keyword: str, value: str, kind: type, named: str) -> None:
    start = FILE.index(b"XTENSION")
    with pytest.raises(kind, match=named):
        opened(FILE[:start] + with_card(FILE[start:], keyword, value))


def test_tiles_beyond_the_file_are_damage() -> None:
    with pytest.raises(SourceDamaged, match="beyond"):
        opened(FILE, len(FILE) - 4000)
    with pytest.raises(SourceDamaged, match="within its table"):
        opened(FILE[: FILE.index(b"XTENSION") + 7000])


def test_a_method_of_dithering_that_nobody_knows_is_refused() -> None:
    image = opened(with_card(FILE, "ZQUANTIZ", "'SUBTRACTIVE_DITHER_9'"))
    with pytest.raises(SourceUnsupported, match="SUBTRACTIVE_DITHER_9"):
        _ = image.dither
